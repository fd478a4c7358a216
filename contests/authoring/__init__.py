"""Question files: read, turned into a neutral form, checked. No database, no Django.

`reading.read_questions` is the way in, `template.question_template` the file that organizers fill in. On the way a file
passes `guard` (is it safe to open), `xlsx` (cells), `columns` (which column is which), `rows` (cells to drafts), `checks`
(errors) and `hints` (warnings).
"""
