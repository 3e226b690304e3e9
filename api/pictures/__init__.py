"""Where the parts of pictures stand: pure functions from values to places; templates draw them as SVG.

amounts  numbers that claims give, on one scale, with what they leave open
"""
