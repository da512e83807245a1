# A job: what all machines need to know of the work. Copy it to where all of them see it, and edit it; names are
# relative to its folder.
nerpipe=nerpipe                          # or a path, the same file on every machine
language=sw
text=('text/*.txt.zst')
table=en-sw.vectors
teacher=teachers/en
units=100
folder=units                             # becomes units/tokens, units/embedded, units/scored
options=(-j 1 --wait 3600)               # processors of a unit; seconds to wait for another who is at the same unit
