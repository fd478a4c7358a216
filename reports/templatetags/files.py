"""What a page says of files."""

from django import template

from reports.checking import spoken
from reports.exports import FORMS

register = template.Library()


@register.filter
def form_name(code: str) -> str:
    """The name of a form by its code; the code itself for a form that is no longer made."""
    form = FORMS.get(code)
    return str(form.name) if form else code


register.filter("check_code", spoken)
