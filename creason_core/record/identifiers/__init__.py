"""The identifier guard: warns of names, numbers, dates and addresses in what people enter. It proves nothing."""

from creason_core.record.identifiers.patterns import Kind as Kind
from creason_core.record.identifiers.scan import ColumnFinding as ColumnFinding
from creason_core.record.identifiers.scan import Hit as Hit
from creason_core.record.identifiers.scan import is_free_text_column as is_free_text_column
from creason_core.record.identifiers.scan import is_measurement as is_measurement
from creason_core.record.identifiers.scan import kind_of_column as kind_of_column
from creason_core.record.identifiers.scan import redacted as redacted
from creason_core.record.identifiers.scan import scan_column as scan_column
from creason_core.record.identifiers.scan import scan_file_name as scan_file_name
from creason_core.record.identifiers.scan import scan_text as scan_text
from creason_core.record.identifiers.scan import shown_column as shown_column
from creason_core.record.identifiers.typed import decided_in as decided_in
from creason_core.record.identifiers.typed import refuse_undecided as refuse_undecided
from creason_core.record.identifiers.typed import undecided as undecided
from creason_core.record.identifiers.typed import without as without
from creason_core.record.identifiers.typed import without_undecided as without_undecided
