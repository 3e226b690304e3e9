"""Where the parts of pictures stand: pure functions from values to places; templates draw them as SVG.

amounts  numbers that claims give, on one scale, with what they leave open
times    an axis of days, months or years, and times on it with what is uncertain of them
"""
