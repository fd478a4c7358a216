"""Filters of the reports' pages."""

from django import template

from reports import numbers

register = template.Library()
register.filter("whole", numbers.whole)
register.filter("tenths", numbers.tenths)
register.filter("percent", numbers.percent)
