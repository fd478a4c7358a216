"""What goes out of the house about a contest: texts, a QR code, a poster, a card. Knows no database and no page."""
