/** Where nodes keep snapshots: on the disk of the node, so that they go with it. */
const folder = '/var/lib/kindup/snapshots'

/** What every script begins with. Programs of a node image: bash, curl, jq, tar, findmnt, crictl. */
const common = `set -u
base=${folder}
pki=/etc/kubernetes/pki/etcd
fail() { echo "$1" >&2; exit "\${2:-1}"; }
# The folders as mount tables name them: from the root of their filesystem.
roots() { for f in "$@"; do
  [ -e "$f" ] || continue
  findmnt -no FSROOT,TARGET -T "$f" | { read -r root target; [ "$root" = / ] && root=; [ "$target" = / ] && target=; echo "$root\${f#"$target"}"; }
done; }
# Folders of the node itself: what a mount brings in from outside belongs to somebody else, and is in no snapshot.
own() { for f in "$@"; do [ -e "$f" ] || continue; case $(findmnt -no TARGET -T "$f") in "$f") ;; / | /var | /tmp | /run) echo "$f";; esac; done; }
# Processes of containers that see one of the folders, or a folder of it.
holders() { roots "$@" | while read -r r; do grep -lF -e " $r " -e " $r/" /proc/[0-9]*/mountinfo 2>/dev/null; done | cut -d/ -f3 | sort -u |
  while read -r p; do [ "$(readlink /proc/$p/ns/mnt)" = "$(readlink /proc/1/ns/mnt)" ] || echo "$p"; done; }
group() { sed -n "s/^[0-9]*:$2://p" /proc/$1/cgroup 2>/dev/null; }
container() { group "$1" '\\(pids\\|\\)' | grep -oE '[0-9a-f]{64}' | tail -1; }
thawing='while read -r how what; do case $how in v2) echo 0 >"$what";; v1) echo THAWED >"$what";; pid) kill -CONT "$what";; esac; done'
thaw() { eval "$thawing" 2>/dev/null <$base/.frozen; rm -f $base/.frozen; }
# SECONDS NAME COMMAND: for the case that nobody comes back.
later() { setsid bash -c "sleep $1; $3" >/dev/null 2>&1 </dev/null & echo $! >$base/$2; }
never() { kill -- "-$(cat $base/$1 2>/dev/null)" 2>/dev/null; rm -f $base/$1; }
keys() { curl -sS --fail-with-body --max-time 60 --cacert $pki/ca.crt --cert $pki/server.crt --key $pki/server.key "https://127.0.0.1:2379/v3/kv/$1" --data-binary @-; }
# What etcd says is wrong, and nothing of what it holds: Secrets are among that.
why() { grep -aoE '"(error|message)":"[^"]*"' >&2; }
hold() { for one in kubelet kube-controller kube-scheduler; do pkill "-$1" "^$one"; done; }
# All that the API server keeps: from /registry/ to /registry0, in base64.
all_keys() { keys range <<<'{"key":"L3JlZ2lzdHJ5Lw==","range_end":"L3JlZ2lzdHJ5MA=="}'; }
`

/** ARGUMENTS: kilobytes that are not too much (0: no matter), then folders. Freezes what writes to them; it goes on by itself when nobody comes for it within a few seconds. */
export const freezeScript = `${common}
never .watch; max=$1; shift; mapfile -t mine < <(own "$@"); set -- "\${mine[@]}"; mkdir -p $base; [ -e $base/.frozen ] && thaw
if [ "$max" -gt 0 ]; then
  there=(); for f in "$@"; do [ -d "$f" ] && there+=("$f"); done
  [ "\${#there[@]}" = 0 ] || [ "$(du -sckx "\${there[@]}" 2>/dev/null | tail -n1 | cut -f1)" -le "$max" ] || fail 'more' 80
fi
: >$base/.frozen
for p in $(holders "$@"); do
  v2=/sys/fs/cgroup$(group $p '')/cgroup.freeze; v1=/sys/fs/cgroup/freezer$(group $p freezer)/freezer.state
  if grep -q kubepods <<<"$v2" && [ -w "$v2" ]; then echo "v2 $v2" >>$base/.frozen; echo 1 >"$v2"
  elif grep -q kubepods <<<"$v1" && [ -w "$v1" ]; then echo "v1 $v1" >>$base/.frozen; echo FROZEN >"$v1"
  else echo "pid $p" >>$base/.frozen; kill -STOP $p; fi
done
sort -u -o $base/.frozen $base/.frozen
while read -r how what; do
  for i in $(seq 100); do case $how in
    v1) [ "$(cat "$what")" = FROZEN ] && break; sleep 0.01;;
    v2) grep -q 'frozen 1' "\${what%/*}/cgroup.events" && break; sleep 0.01;;
    *) break;; esac; done
done <$base/.frozen
later 15 .watch "mv $base/.frozen $base/.late && { $thawing; } <$base/.late"
exit 0
`

/** ARGUMENTS: id, `head` or `node`, then folders. Copies etcd and each folder, lets what was frozen go on; prints the bytes and the digest. */
export const copyScript = `${common}
id=$1; role=$2; shift 2; t=$(date +%s%N)
never .watch
if [ -e $base/.frozen ]; then mv $base/.frozen $base/.held 2>/dev/null || fail 'thawed' 75
elif [ -e $base/.late ]; then rm -f $base/.late; fail 'thawed' 75; fi
done_() { [ -e $base/.held ] && mv $base/.held $base/.frozen && thaw; }
trap done_ EXIT
rm -f $base/.late
dir=$base/$id; mkdir -p "$dir/volumes" && chmod 700 $base || fail 'full'
reading=; [ $role = head ] && { all_keys >"$dir/keys.json" & reading=$!; }
mapfile -t mine < <(own "$@"); left=$(for f in "$@"; do [ -d "$f" ] && [[ " \${mine[*]} " != *" $f "* ]] && echo "$f"; done)
n=0; : >"$dir/folders"
for f in "\${mine[@]}"; do [ -d "$f" ] || continue
  tar -C "$f" --numeric-owner --xattrs --sparse --warning=no-file-ignored -cf "$dir/volumes/$n.tar" . || [ $? = 1 ] || { rm -rf "$dir"; fail 'full'; }
  echo "$f" >>"$dir/folders"; n=$((n+1))
done
[ -z "$reading" ] || wait $reading || { why <"$dir/keys.json"; rm -rf "$dir"; fail 'etcd' 77; }
done_; trap - EXIT; t=$(( ($(date +%s%N) - t) / 1000000 ))
cd "$dir" && { find . -type f ! -name 'SUMS*' -print0 | xargs -0 sha256sum >SUMS.new && mv SUMS.new SUMS; } || { rm -rf "$dir"; fail 'full'; }
sync -f SUMS; du -sk . | cut -f1; sha256sum <SUMS | cut -d' ' -f1; echo $t; [ -z "$left" ] || echo "$left"
`

/** ARGUMENTS: id, digest, `head` or `node`. Unpacks its volumes beside where they belong; nothing that is in use changes. */
export const stageScript = `${common}
id=$1; dir=$base/$id
[ -d "$dir" ] || fail 'gone' 78
cd "$dir" && [ "$(sha256sum <SUMS | cut -d' ' -f1)" = "$2" ] && sha256sum --status -c SUMS || fail 'damaged' 76
undo() { while read -r f; do rm -rf "$f.kindup-restored"; done <"$dir/folders"; }
n=0
while read -r f; do
  rm -rf "$f.kindup-restored" && mkdir -p "$f.kindup-restored" && tar -C "$f.kindup-restored" --numeric-owner --xattrs -xpf "volumes/$n.tar" || { undo; fail 'full'; }
  n=$((n+1))
done <folders
# From here on the next run ends what this one began.
[ "$3" = head ] && echo "$id" >$base/restoring.new && mv $base/restoring.new $base/restoring
exit 0
`

/** ARGUMENTS: id, `begun` where a restore before this one has not ended, which stays to be ended. Takes away what was staged. */
export const unstageScript = `${common}
[ -e $base/$1/folders ] && while read -r f; do rm -rf "$f.kindup-restored"; done <$base/$1/folders; [ "$2" = begun ] || rm -f $base/restoring; exit 0
`

/**
 * ARGUMENTS: id, then folders that are to go. Holds the kubelet and the controllers, ends the containers that use a volume, and puts
 * the volumes in place. Prints the ids of the containers. What is held goes on by itself when nobody lets it.
 */
export const placeScript = `${common}
id=$1; shift; dir=$base/$id
mapfile -t mine < <(own "$@"); set -- "\${mine[@]}"
never .watch-hold; hold STOP
later 60 .watch-hold 'for one in kubelet kube-controller kube-scheduler; do pkill -CONT "^$one"; done'
mapfile -t put <"$dir/folders"
ids=$(for p in $(holders "\${put[@]}" "$@"); do container $p; done | sort -u)
if [ -n "$ids" ]; then
  for p in $(holders "\${put[@]}" "$@"); do kill -KILL $p 2>/dev/null; done
  crictl rm -f $ids >/dev/null 2>&1
fi
for r in $(roots "\${put[@]}" "$@"); do
  awk -v r="$r" '(index($4, r "/") == 1 || $4 == r) && $5 ~ "^/var/lib/kubelet/pods/" { print $5 }' /proc/self/mountinfo | while read -r m; do umount "$m"; done
done
aside() { [ ! -e "$1" ] || { rm -rf "$1.kindup-old" && mv -T "$1" "$1.kindup-old"; }; }
for f in "\${put[@]}"; do
  [ -d "$f.kindup-restored" ] || continue
  aside "$f" && mv -T "$f.kindup-restored" "$f" || { [ -e "$f" ] || mv -T "$f.kindup-old" "$f"; fail "$f" 82; }
done
for f in "$@"; do aside "$f" || fail "$f" 82; done
echo $ids
`

/** Waits until nothing deletes the contents of namespaces: a deletion that is under way does not ask again whether it is to go on. */
export const quietScript = `${common}
[ -e /etc/kubernetes/manifests/kube-controller-manager.yaml ] || exit 0
cert=$(mktemp) quiet=0; trap 'rm -f "$cert"' EXIT
sed -nE 's/^ *client-(certificate|key)-data: //p' /etc/kubernetes/admin.conf | while read -r one; do base64 -d <<<"$one"; done >"$cert"
while [ $SECONDS -lt 30 ]; do
  now=$(curl -sSk --max-time 5 --cert "$cert" https://127.0.0.1:10257/metrics 2>/dev/null | grep '^workqueue_unfinished_work_seconds{name="namespace"}')
  case $now in *' 0') quiet=$((quiet+1));; *) quiet=0;; esac
  # The figure is made twice a second.
  [ $quiet -ge 4 ] && exit 0
  sleep 0.3
done
fail 'busy' 81
`

/** ARGUMENTS: namespaces. Waits until the API server of this node lets something be made in each. */
export const acceptScript = `${common}
[ -e /etc/kubernetes/manifests/kube-apiserver.yaml ] || exit 0
for one in "$@"; do
  while :; do
    answer=$(kubectl --kubeconfig=/etc/kubernetes/admin.conf --server=https://127.0.0.1:6443 -n "$one" create configmap kindup-accepted --dry-run=server 2>&1)
    case $answer in *'being terminated'* | *'namespaces '*' not found'*) ;; *) break;; esac
    [ $SECONDS -lt 30 ] || fail 'busy' 81
    sleep 0.1
  done
done
`

/** Lets kubelet and controllers go on. */
export const goOnScript = `${common}
hold CONT; never .watch-hold; exit 0
`

/** ARGUMENTS: id, then folders that went. Removes what was there before. */
export const releaseScript = `${common}
id=$1; shift
mapfile -t put <"$base/$id/folders"
for f in "\${put[@]}" "$@"; do rm -rf "$f.kindup-old"; done; exit 0
`

/** Prints the keys of etcd as they are. */
export const readKeysScript = `${common}
all_keys
`

/** ARGUMENTS: id. Prints the keys of the snapshot. */
export const savedKeysScript = `cat ${folder}/"$1"/keys.json`

/** STANDARD INPUT: one transaction a line, then `end`. All of them are there before the first one is written. */
export const writeKeysScript = `${common}
cat >$base/writes; [ "$(tail -n1 $base/writes)" = end ] || fail 'cut' 79
while read -r line; do
  [ "$line" = end ] && break
  keys txn <<<"$line" >$base/written || { why <$base/written; fail 'etcd' 77; }
done <$base/writes
rm -f $base/writes $base/written
`

/** The restore that was begun is done. */
export const endScript = `rm -f ${folder}/restoring`

/** Prints the manifests of all snapshots, one a line, and then the id of a restore that has not ended. */
export const listScript = `cd ${folder}/names 2>/dev/null || exit 0
for one in *.json; do [ -e "$one" ] && { tr -d '\\n' <"$one"; echo; }; done
[ -e ../restoring ] && cat ../restoring; exit 0
`

/** ARGUMENT: name. STANDARD INPUT: its manifest. */
export const nameScript = `${common}
mkdir -p $base/names && cat >$base/names/.new && sync -f $base/names/.new && mv -T $base/names/.new "$base/names/$1.json" || fail 'full'
`

/** ARGUMENT: name. */
export const forgetScript = `rm -f "${folder}/names/$1.json"`

/** ARGUMENTS: ids that are wanted. All others go, and what a run that was killed left. */
export const sweepScript = `cd ${folder} 2>/dev/null || exit 0
for one in */; do one=\${one%/}; [ "$one" = names ] && continue
  for id in "$@"; do [ "$one" = "$id" ] && continue 2; done; rm -rf "$one"; done
rm -f names/.new; exit 0
`

/** ARGUMENT: id. Writes what this node keeps of a snapshot as an archive, the same bytes each time. */
export const exportScript = `cd ${folder}/"$1" && tar --sort=name --mtime=@0 --numeric-owner -cf - .`

/** ARGUMENT: id. STANDARD INPUT: what `exportScript` wrote in the node of this name. */
export const importScript = `umask 077; mkdir -p ${folder}/"$1" && tar -C ${folder}/"$1" --numeric-owner -xpf - && sync -f ${folder}/"$1"/SUMS`
