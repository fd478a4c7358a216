"""Certificates: what they say, how they look, who gets one, and how anybody checks one."""
