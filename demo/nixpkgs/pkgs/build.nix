# Builders for a shell without programs: /bin/sh does everything but make directories, links and executable files, for
# which it has the programs of the `tools` directory. So they work wherever /bin/sh and those four are.
{ lib, site, system }:
let
  inherit (lib) concatStrings concatMapStringsSep mapAttrsToList escapeShellArg unique;

  # A text which may name its own output as @out@, as arguments for printf.
  pieces = text: concatMapStringsSep " \"$out\" " escapeText (lib.splitString "@out@" text);
  escapeText = s: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] s}'";
  parents = paths: unique (map builtins.dirOf paths);
  write = path: text: "printf '%s' ${pieces text} > \"$out/${path}\"\n";

  shell = name: attrs: script: derivation ({
    inherit name system;
    builder = "/bin/sh";
    PATH = site.tools;
    # The shell itself has to end last: as the last command, a program would take its place, close its output a moment
    # before it ends, as those of coreutils do, and be killed by Nix, which takes the closed log for the end of the build.
    args = [ "-eu" "-c" "${prelude}${script}\n:\n" ];
  } // removeAttrs attrs [ "meta" "passthru" ]) // { meta = attrs.meta or { }; };

  # Phases are announced to Nix as stdenv does, and to the person as a line of the log.
  prelude = ''
    phase() {
      if [ -n "''${NIX_LOG_FD:-}" ]; then
        printf '@nix { "action": "setPhase", "phase": "%s" }\n' "$1" >&"$NIX_LOG_FD"
      fi
      echo "Running phase: $1"
    }
  '';
in
rec {
  inherit shell;

  # A directory tree: paths to texts, to texts of programs, and to the targets of links.
  treeScript = { files ? { }, programs ? { }, links ? { }, dirs ? [ ] }:
    let
      all = parents (lib.attrNames (files // programs // links)) ++ dirs;
      made = concatMapStringsSep " " (d: escapeShellArg "${d}") (lib.filter (d: d != ".") (unique all));
    in
    ''mkdir -p "$out"; cd "$out"
    ${lib.optionalString (made != "") "mkdir -p ${made}"}
    ''
    + concatStrings (mapAttrsToList write (files // programs))
    + lib.optionalString (programs != { }) "chmod 755 ${concatMapStringsSep " " escapeShellArg (lib.attrNames programs)}\n"
    + concatStrings (mapAttrsToList (path: target: "ln -s ${escapeText (toString target)} ${escapeShellArg path}\n") links);
  tree = name: attrs: spec: shell name attrs (treeScript spec);

  writeText = name: text: shell name { } ''printf '%s' ${pieces text} > "$out"'';
  writeTextDir = path: text: tree (builtins.baseNameOf path) { } { files.${path} = text; };
  writeShellScriptBin = name: text: tree name { meta.mainProgram = name; } { programs."bin/${name}" = "#!/bin/sh\n${text}"; };
  writeShellScript = name: text: shell name { } ''printf '%s' ${pieces "#!/bin/sh\n${text}"} > "$out"; chmod 755 "$out"'';
  runCommand = name: attrs: script: shell name attrs script;
  symlinkJoin = { name, paths, ... }: buildEnv { inherit name paths; };

  # Links the files of all packages into one tree. A directory only one of them has is linked as a whole; a file two of
  # them have stops the build with the text of the real program.
  buildEnv = { name, paths, pathsToLink ? [ "bin" "sbin" "lib" "share" "etc" ], ... }: shell name { inherit paths; } ''
    mkdir -p "$out"
    queue="${lib.concatStringsSep " " pathsToLink}"
    while [ -n "$queue" ]; do
      next=
      for dir in $queue; do
        seen=" "; shared=" "
        for p in $paths; do
          for f in "$p/$dir"/*; do
            [ -e "$f" ] || continue
            n=''${f##*/}
            case "$seen" in *" $n="*)
              first=''${seen##*" $n="}; first=''${first%% *}
              case "$shared" in *" $n "*) continue;; esac
              if [ -d "$f" ] && [ -d "$first" ]; then shared="$shared$n "; next="$next $dir/$n"; continue; fi
              [ "$first" = "$f" ] && continue
              echo "pkgs.buildEnv error: two given paths contain a conflicting subpath:" >&2
              echo "  \`$first' and" >&2
              echo "  \`$f'" >&2
              echo "hint: this may be caused by two different versions of the same package in buildEnv's \`paths\` parameter" >&2
              echo "hint: \`pkgs.nix-diff\` can be used to compare derivations" >&2
              exit 25;;
            esac
            seen="$seen$n=$f "
          done
        done
        links=
        for pair in $seen; do
          n=''${pair%%=*}
          case "$shared" in *" $n "*) ;; *) links="$links ''${pair#*=}";; esac
        done
        if [ "$seen" != " " ]; then
          mkdir -p "$out/$dir"
          [ -z "$links" ] || ln -s $links "$out/$dir/"
        fi
      done
      queue=$next
    done
    echo "created links to $name's files"
  '';
}
