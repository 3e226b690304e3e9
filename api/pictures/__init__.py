"""Pictures, worked out as numbers: pure functions from cards to shapes, which templates draw.

chain      through whose mouths a claim comes to us
coverage   how many claims rest on each sentence of an article
"""
