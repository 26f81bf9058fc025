#!/usr/bin/env bash
# Stops what ceph-up.sh started in a folder, the monitor last: an OSD without one takes minutes to end.
folder=$1
for name in rgw osd mon; do
  process=$(cat "$folder/run/$name.process" 2>/dev/null) || continue
  kill "$process" 2>/dev/null
  for _ in $(seq 50); do
    kill -0 "$process" 2>/dev/null || break
    sleep 0.1
  done
  kill -9 "$process" 2>/dev/null
done
exit 0
