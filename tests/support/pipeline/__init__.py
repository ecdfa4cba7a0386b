"""The whole pipeline as real processes: started, fed over HTTP, killed, and accounted for."""
