"""The forms of export, in the order of the page; the first one is what the primary button makes.

A new form is a file in this folder with its `FORM`, and a line here.
"""

from __future__ import annotations

from reports.exports import (
    absent_people,
    absent_units,
    item_book,
    official_report,
    participation_book,
    people_csv,
    segment_book,
    shared_picture,
    topic_book,
    unit_summary,
    units_csv,
    winners_list,
)
from reports.exports.base import Brief, Form

FORMS: dict[str, Form] = {
    form.code: form
    for form in (
        participation_book.FORM, official_report.FORM, shared_picture.FORM, unit_summary.FORM, absent_units.FORM, absent_people.FORM,
        segment_book.FORM, winners_list.FORM, topic_book.FORM, item_book.FORM, people_csv.FORM, units_csv.FORM,
    )
}  # fmt: skip

__all__ = ["FORMS", "Brief", "Form"]
