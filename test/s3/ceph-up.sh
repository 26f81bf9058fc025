#!/usr/bin/env bash
# Starts a Ceph cluster of one node in memory, and its S3 gateway, all on loopback. Usage: ceph-up.sh FOLDER GATEWAY_PORT MONITOR_PORT
# Needs the Debian packages ceph-mon ceph-osd radosgw ceph-common. Stop it with ceph-down.sh FOLDER; when whoever started it dies, it stops by itself.
set -euo pipefail
folder=$1 port=$2 monitor=$3
fsid=$(cat /proc/sys/kernel/random/uuid)
osd=$(cat /proc/sys/kernel/random/uuid)
mkdir -p "$folder"/{mon,osd,run,log}
starter=$PPID here=$(dirname "$(realpath "$0")")
(
  while [ -d "$folder" ] && kill -0 "$starter" 2>/dev/null; do sleep 1; done
  [ -d "$folder" ] && "$here/ceph-down.sh" "$folder" && rm -rf "$folder"
) >/dev/null 2>&1 &
export CEPH_CONF=$folder/ceph.conf

# Without a cluster address the OSD listens on every address; without keys (auth none) the gateway never connects.
cat > "$CEPH_CONF" <<CONF
[global]
fsid = $fsid
mon host = [v2:127.0.0.1:$monitor]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
keyring = $folder/keyring
run dir = $folder/run
admin socket = $folder/run/\$name.asok
pid file = $folder/run/\$name.pid
log file = $folder/log/\$name.log
crash dir = $folder/run
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 0
paxos propose interval = 0.02
paxos min wait = 0.01
[mon]
mon data = $folder/mon
mon cluster log file = $folder/log/cluster.log
[osd]
osd data = $folder/osd
osd objectstore = memstore
memstore device bytes = 1073741824
osd class update on start = false
osd max object name len = 256
osd max object namespace len = 64
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:$port tcp_nodelay=1
rgw gc max objs = 4
rgw lc max objs = 4
rgw data log num shards = 4
rgw override bucket index max shards = 1
CONF

key() { ceph-authtool "$folder/keyring" "$@" >/dev/null; }
key --create-keyring --gen-key -n mon. --cap mon 'allow *'
key --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *'
key --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
key --gen-key -n client.rgw.a --cap mon 'allow rw' --cap osd 'allow rwx'
monmaptool --create --addv a "[v2:127.0.0.1:$monitor]" --fsid "$fsid" --set-min-mon-release 16 "$folder/monmap" >/dev/null

run() {
  local name=$1
  shift
  "$@" >"$folder/log/$name.out" 2>&1 &
  echo $! >"$folder/run/$name.process"
}
ceph-mon --mkfs -i a --monmap "$folder/monmap" --keyring "$folder/keyring" >/dev/null 2>&1
run mon ceph-mon -i a -f
timeout 30 ceph osd new "$osd" >/dev/null 2>&1
ceph-osd -i 0 --mkfs --osd-uuid "$osd" >/dev/null 2>&1
timeout 30 ceph osd crush add osd.0 1.0 root=default host=h >/dev/null 2>&1
run osd ceph-osd -i 0 -f
for _ in $(seq 200); do
  timeout 5 ceph osd stat 2>/dev/null | grep -q '1 up' && break
  sleep 0.1
done
run rgw radosgw -n client.rgw.a -f
for _ in $(seq 600); do
  (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
  sleep 0.1
done
timeout 60 radosgw-admin -n client.rgw.a user create --uid=test --display-name=test --access-key=test --secret-key=test >/dev/null 2>&1
