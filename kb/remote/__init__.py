"""An engine over any SPARQL 1.1 service that holds a build.

engine      what is asked of it, and what it is asked with
record      what a publication (``kb.publish``) says of itself there
dialects    how a kind of service wants our queries, and how its answers are to be read
deviations  the table of where services part from the standards
replies     answers, read whole or told as an error
"""

from kb.remote.deviations import DEVIATIONS, Deviation
from kb.remote.engine import RemoteEngine, check_service, editions

__all__ = ["DEVIATIONS", "Deviation", "RemoteEngine", "check_service", "editions"]
