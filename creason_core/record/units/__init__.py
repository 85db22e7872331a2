"""Units: what a value is in the codebook's unit, and when a value looks as if it came in another one.

What is measured and how it converts is data (``codebooks/units``); the arithmetic of units is pint's. Nothing here
changes a value by itself: a conversion is shown and asked.
"""

from creason_core.record.units.converting import Conversion as Conversion
from creason_core.record.units.converting import alternatives as alternatives
from creason_core.record.units.converting import analyte_of as analyte_of
from creason_core.record.units.converting import comes_in as comes_in
from creason_core.record.units.converting import conversion as conversion
from creason_core.record.units.converting import convert as convert
from creason_core.record.units.converting import in_unit as in_unit
from creason_core.record.units.converting import loinc_allows as loinc_allows
from creason_core.record.units.converting import needs_asking as needs_asking
from creason_core.record.units.converting import plausible_share as plausible_share
from creason_core.record.units.converting import seldom as seldom
from creason_core.record.units.converting import suspect_unit as suspect_unit
from creason_core.record.units.converting import unit_for as unit_for
from creason_core.record.units.converting import usual_share as usual_share
from creason_core.record.units.scales import scale_between as scale_between
from creason_core.record.units.spelling import legible as legible
from creason_core.record.units.spelling import unit_named as unit_named
from creason_core.record.units.tables import Analyte as Analyte
from creason_core.record.units.tables import Unit as Unit
from creason_core.record.units.tables import analyte_named as analyte_named
from creason_core.record.units.tables import analyte_with_loinc as analyte_with_loinc
from creason_core.record.units.tables import formula_inputs as formula_inputs
from creason_core.record.units.tables import is_loinc as is_loinc
from creason_core.record.units.tables import names_with_loinc as names_with_loinc
from creason_core.record.units.tables import unit_with_code as unit_with_code
