# kindup for fish. Now: kindup completion fish | source

# __kindup_reply NUMBER PROGRAM...: NUMBER is how many words there are before kindup's own.
function __kindup_reply
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -e words[1..$argv[1]]
    set -e argv[1]
    set -l lines ($argv __complete -- $words "$current" 2>/dev/null)
    set -l kind $lines[1]
    set -e lines[1]
    switch "$kind"
        case :files :folders
            set -l head (string match -r '^--[^=]*=' -- "$current")
            set -l path (string replace -r '^--[^=]*=' '' -- "$current")
            if test "$kind" = :files
                set lines (__fish_complete_path "$path")
            else
                set lines (__fish_complete_directories "$path")
            end
            for line in $lines
                printf '%s\n' "$head$line"
            end
        case '*'
            for line in $lines
                printf '%s\n' $line
            end
    end
end

function __kindup
    set -l words (commandline -opc)
    set -l program $words[1]
    type -q "$program"; or set program kindup
    __kindup_reply 1 $program
end

# npx kindup: the project's own, found without npx, which takes long to start.
function __kindup_npx
    set -l folder $PWD
    while test -n "$folder"; and not test -x "$folder/node_modules/.bin/kindup"
        set folder (string replace -r '/[^/]*$' '' -- "$folder")
    end
    if test -n "$folder"
        __kindup_reply 2 "$folder/node_modules/.bin/kindup"
    else
        __kindup_reply 2 npx --no kindup
    end
end

function __kindup_is_next
    set -l words (commandline -opc)
    test (count $words) -gt 1; and test "$words[2]" = kindup
end

complete -c kindup -f -k -a '(__kindup)'
complete -c npx -n __kindup_is_next -f -k -a '(__kindup_npx)'
