"""One machine: servers, set-up and the supervisor behind `./maru`. Standard library only."""
