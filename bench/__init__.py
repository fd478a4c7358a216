"""What is fast, measured: each module runs the project's path and its baseline in the same run. See `python -m bench list`."""
