hostname >/dev/null
(trap 'exit 3' TERM; sleep 5 & wait) & p=$!
sleep 0.05
kill -TERM $p
wait $p
echo status $?
unshare --pid --fork --mount-proc sh -c 'echo $$; (exit 7) & wait $!; echo $?'
unshare --uts sh -c 'hostname nested; uname -n'
echo text | tr a-z A-Z
