"""A table of somebody's own becomes cases: read (in a child process), mapped, converted, checked, reviewed.

``reading.read_table`` → ``suggesting.suggest`` → ``review.review`` → ``Review.cases`` and ``report``. Nothing here
stores anything, and only numbers and level codes of mapped columns reach a case.

The rooms, lowest first (``tests/test_architecture.py`` holds the order): files, cells, columns, contents, forms;
patients and review. Beside them what is decided and reported, and the three ways in: ``reading``, ``suggesting`` and
``saved``.
"""
