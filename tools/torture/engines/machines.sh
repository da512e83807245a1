#!/usr/bin/env bash
# The recipe of GNU parallel on two machines: network namespaces with an sshd each, which share nothing but a file system. It is
# GlusterFS through FUSE, mounted by each of them. A machine is lost; another is cut off and comes back after its work was done.
set -euo pipefail
engine=machines
source "$(dirname "$0")/work.sh"
{ command -v parallel sshd glusterd ip && [ -x /sbin/mount.glusterfs ]; } >/dev/null \
  || apt-get install -y -q --no-install-recommends parallel openssh-server openssh-client glusterfs-server glusterfs-client iproute2 >/dev/null
say "$(parallel --version | head -1), $(glusterfs --version | head -1), $(ssh -V 2>&1)"
export PARALLEL_HOME=$WORK/parallel-home
mkdir -p "$PARALLEL_HOME" && touch "$PARALLEL_HOME/will-cite"
prepare

net=10.77.${ENGINES_NET:-7} bridge=nerpipe0 volume=nerpipe-engines
shared=$WORK/shared cluster=$WORK/machines
stop() {
  local machine id
  for machine in a b; do
    for id in $(ip netns pids "nerpipe-$machine" 2>/dev/null); do kill -9 "$id" 2>/dev/null || true; done
    ip netns del "nerpipe-$machine" 2>/dev/null || true
  done
  umount -l "$shared" 2>/dev/null || true
  gluster --mode=script volume stop $volume force >/dev/null 2>&1 || true
  gluster --mode=script volume delete $volume >/dev/null 2>&1 || true
  [ -z "${glusterd:-}" ] || kill "$glusterd" 2>/dev/null || true
  ip link del $bridge 2>/dev/null || true
}
trap stop EXIT
stop
rm -rf "$cluster" && mkdir -p "$cluster/brick" "$shared" /run/sshd

ip link add $bridge type bridge && ip addr add $net.1/24 dev $bridge && ip link set $bridge up
pgrep -x glusterd >/dev/null || glusterd
for _ in $(seq 50); do gluster peer status >/dev/null 2>&1 && break; sleep 0.2; done
glusterd=$(pgrep -x glusterd)
gluster --mode=script volume create $volume "$net.1:$cluster/brick" force >/dev/null
# A machine that is cut off is taken for dead after five seconds, with its locks.
gluster volume set $volume network.ping-timeout 5 >/dev/null
gluster volume set $volume client.tcp-user-timeout 5 >/dev/null
gluster volume set $volume server.tcp-user-timeout 5 >/dev/null
gluster --mode=script volume start $volume >/dev/null
mount -t glusterfs $net.1:/$volume "$shared"
cp -r "$WORK"/{text,teacher,sample.vectors,job.sh} "$shared/"

ssh-keygen -q -t ed25519 -N '' -f "$cluster/key"
ssh-keygen -q -t ed25519 -N '' -f "$cluster/host"
cp "$cluster/key.pub" "$cluster/authorized" && chmod 600 "$cluster/authorized"
mounted() { awk -v place="$shared" '$2 == place && $3 == "fuse.glusterfs"' "/proc/$1/mounts" | grep -q .; }
machine() {
  local name=$1 address=$net.$2
  ip netns add "nerpipe-$name"
  ip link add "np-$name" type veth peer name eth0 netns "nerpipe-$name"
  ip link set "np-$name" master $bridge up
  ip -n "nerpipe-$name" addr add "$address/24" dev eth0
  ip -n "nerpipe-$name" link set eth0 up
  ip -n "nerpipe-$name" link set lo up
  # Its mounts are its own: not ours, but what it mounts itself.
  ip netns exec "nerpipe-$name" bash -c "umount -l '$shared'; mount -t glusterfs $net.1:/$volume '$shared' && exec /usr/sbin/sshd -D -e \
    -f /dev/null -p 22 -o ListenAddress=$address -h '$cluster/host' -o AuthorizedKeysFile='$cluster/authorized' -o StrictModes=no -o UsePAM=no \
    -o PermitRootLogin=yes -o PidFile=none" 2>"$cluster/$name.log" &
  local id=$!
  disown $id
  for _ in $(seq 50); do ssh -F "$cluster/config" "$name" true 2>/dev/null && break; sleep 0.2; done
  mounted $id || fail "machine $name has no mount of its own: $(cat "$cluster/$name.log")"
}
cat >"$cluster/config" <<CONFIG
Host a
  HostName $net.11
Host b
  HostName $net.12
Host *
  User root
  IdentityFile $cluster/key
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
  ServerAliveInterval 2
  ServerAliveCountMax 3
CONFIG
export PARALLEL_SSH="ssh -F $cluster/config"
machine a 11
machine b 12
both=(--sshlogin 2/a,2/b)

# A job in the shared folder; its streams are looked at in ours.
shared_job() {
  rm -rf "$WORK/$1" "${shared:?}/$1" "$WORK/$1".{kills,over}
  touch "$WORK/$1.kills"
  ln -sfn "$shared/$1" "$WORK/$1"
  { printf 'FOLDER=%s\n' "$shared/$1"; cat "$shared/job.sh"; } >"$shared/$1.job.sh"
  echo "$shared/$1.job.sh"
}
processes_in() { local id; for id in $(ip netns pids "nerpipe-$1"); do [[ $(cat "/proc/$id/comm" 2>/dev/null) == nerpipe* ]] && echo "$id"; done || true; }
again() { for _ in $(seq 6); do "$recipes/drive.sh" "$1" parallel "${both[@]}" >"$WORK/$engine.log" 2>&1 && return 0; done; fail "not done: $(tail -5 "$WORK/$engine.log")"; }

# Both work; processes are killed, then all of machine b.
job=$(shared_job machines-killed)
kill_shared() {
  local id
  while [ ! -f "$WORK/machines-killed.over" ]; do
    sleep "0.$((RANDOM % 9 + 1))"
    id=$( (processes_in a; processes_in b) | shuf -n 1)
    if [ -n "$id" ] && kill -9 "$id" 2>/dev/null; then echo "$id" >>"$WORK/machines-killed.kills"; fi
    [ "$(wc -l <"$WORK/machines-killed.kills")" -lt 10 ] || break
  done
}
kill_shared &
killer=$!
"$recipes/drive.sh" "$job" parallel "${both[@]}" >machines-killed.log 2>&1 &
driver=$!
wait_for_units machines-killed 3
for id in $(ip netns pids nerpipe-b); do kill -9 "$id" 2>/dev/null || true; done
echo "machine b" >>machines-killed.kills
wait $driver || true
touch machines-killed.over && wait $killer
ip netns del nerpipe-b
sleep 1
machine b 12
again "$job"
machines=$(awk 'NR > 1 { print $2 }' "$shared/machines-killed/parallel/score.log" | sort | uniq -c | tr -s '\n ' ' ')
say "jobs by machine:$machines"
[[ $machines == *" a "* && $machines == *" b "* ]] || fail "only one machine worked"
expect_same_bytes machines-killed

# Machine b is cut off in the middle of units, which others do meanwhile; then its processes go on where they were.
job=$(shared_job machines-cut)
"$recipes/drive.sh" "$job" parallel "${both[@]}" >machines-cut.log 2>&1 &
driver=$!
wait_for_units machines-cut 2
stale=()
until [ ${#stale[@]} -gt 0 ]; do
  for id in $(processes_in b); do if kill -STOP "$id" 2>/dev/null; then stale+=("$id"); fi; done
done
ip link set np-b down
echo "machine b cut off" >>machines-cut.kills
wait $driver || true
for _ in $(seq 6); do "$recipes/drive.sh" "$job" parallel --sshlogin 2/a >machines-cut.log 2>&1 && break; done
"$recipes/status.sh" "$job" >/dev/null || fail "not done by a alone: $(tail -5 machines-cut.log)"
before=$(cd "$shared/machines-cut" && find . -name '*.zst' -o -name '*of-00012.json' | sort | xargs stat -c '%n %i %Y')
ip link set np-b up
kill -CONT "${stale[@]}"
for _ in $(seq 300); do [ -n "$(processes_in b)" ] || break; sleep 0.2; done
[ -z "$(processes_in b)" ] || fail "processes of b do not end: $(processes_in b)"
after=$(cd "$shared/machines-cut" && find . -name '*.zst' -o -name '*of-00012.json' | sort | xargs stat -c '%n %i %Y')
[ "$before" = "$after" ] || fail "who came back changed something"
expect_same_bytes machines-cut
say passed
