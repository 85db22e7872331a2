"""A table of somebody's own becomes cases: read (in a child process), mapped, converted, checked, reviewed.

``reading.read_table`` → ``suggesting.suggest`` → ``review.review`` → ``Review.cases`` and ``report``. Nothing here
stores anything, and only numbers and level codes of mapped columns reach a case.
"""
