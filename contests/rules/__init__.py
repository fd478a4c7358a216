"""PURE rules of a contest: timing, drawing a paper, grading, standings, the rules page.

Only the standard library and each other are imported here. Nothing reads a clock, a setting, a request or a random
generator: the caller passes `now`, the seed and the rules in. Points are whole hundredths, durations whole milliseconds,
instants aware datetimes.
"""
