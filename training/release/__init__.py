"""From a trained folder to an adapter that ships: what is saved, logged, and by which rule it is promoted."""
