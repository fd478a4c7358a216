"""Question files: read, turned into a neutral form, checked. No database, no Django.

`reading.read_questions` is the way in, `template.question_template` the file that organizers fill in. `formats` knows who reads
what. A workbook passes `guard` (is it safe to open), `xlsx` (cells), `columns` (which column is which) and `rows` (cells to
drafts); every format ends in `draft`, and then meets the same `checks` (errors) and `hints` (warnings).
"""
