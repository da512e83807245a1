# A job: what all machines need to know of the work. Copy it to where all of them see it, and edit it; names are
# relative to its folder.
nerpipe=nerpipe                          # or a path, the same file on every machine
language=sw
text=('text/*.txt.zst')                  # (): the scored streams are there already
table=en-sw.vectors
teacher=teachers/en
units=100
folder=units                             # becomes units/tokens, units/embedded, units/scored
options=(-j 1 --wait 3600)               # processors of a unit; seconds to wait for another who is at the same unit

# One student of all units, by synchronous rounds.
rounds=0                                 # 0: none
student=student                          # becomes student/00001-of-00040 ...; the last round is the student
initial=                                 # the model with whose weights it begins; empty: fresh weights
update=(--epochs 8 --inner-moments reset)
merge=()                                 # --outer nesterov
