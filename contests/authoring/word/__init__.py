"""Questions out of Word files (.docx), as people in unions type them.

The XML is parsed here, with the standard library: what decides here (automatic numbers, tracked changes, content controls, hidden
text, the colour that a style gives) is what the usual libraries for Word files leave out or hide.

parts → body (lines of text with their looks) → layout (tables) → split (which lines make a question) → question (options, key).
"""
