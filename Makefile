# The targets of the reference service, from here: `make help`.
include examples/reference-service/Makefile
