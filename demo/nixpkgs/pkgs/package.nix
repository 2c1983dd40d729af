# Makes a package of its entry in the table: a few programs which say who they are, a manual, and as many bytes as it is
# said to be large. Its log looks like the one a real build writes.
{ lib, build, check, resolve }:
let
  inherit (lib) concatStringsSep concatMapStringsSep optionalString optionalAttrs;
  # Lines of a plausible compilation, so that logs have something to show.
  sources = [ "main" "options" "input" "render" "util" ];
in
rec {
  mkPackage = spec@{ pname, version, ... }:
    let
      name = "${pname}-${version}";
      deps = resolve (spec.deps or [ ]);
      main = spec.mainProgram or (builtins.head (programs ++ [ pname ]));
      programs = spec.programs or (if spec.library or false then [ ] else [ (spec.mainProgram or pname) ]);
      needs = optionalString (deps != [ ]) "# linked with: ${concatStringsSep " " (map toString deps)}\n";
      greeting = spec.says or "${pname} ${version}";
      size = spec.size or 24;
      library = spec.library or false;
      spec' = {
        programs = lib.genAttrs (map (p: "bin/${p}") programs) (_: "#!/bin/sh\n${needs}echo '${greeting}'\n");
        files = {
          "share/doc/${pname}/README" = "${pname} ${version}\n${spec.description or ""}\n";
        }
        // optionalAttrs library { "lib/lib${lib.removePrefix "lib" pname}.so.${lib.versions.major version}" = "${name}\n${needs}"; }
        // optionalAttrs (spec ? desktop) {
          "share/applications/${pname}.desktop" = "[Desktop Entry]\nType=Application\nName=${spec.desktop}\nExec=${main}\n";
        }
        // spec.files or { };
        dirs = [ "share/${pname}" ] ++ spec.dirs or [ ];
      };
      # A block of 1 KiB, written as often as the size says.
      payload = ''
        block=${name}
        while [ ''${#block} -lt 1023 ]; do block=$block.$block; done
        block=''${block%"''${block#${lib.strings-fill 1023 "?"}}"}
        i=0; while [ $i -lt ${toString size} ]; do printf '%s\n' "$block"; i=$((i+1)); done > "$out/share/${pname}/data"
      '';
      drv = build.shell name
        {
          inherit pname version;
          buildInputs = deps;
        }
        (''
          phase unpackPhase
          echo "unpacking source archive ${name}.tar.gz"
          echo "source root is ${name}"
          phase configurePhase
          echo "configure flags: --prefix=$out"
          phase buildPhase
          ${concatMapStringsSep "\n" (s: "echo '  CC       src/${s}.o'") sources}
          echo '  LD       ${main}'
          ${spec.buildPhase or ""}
          phase installPhase
          ${build.treeScript spec'}${payload}
          phase fixupPhase
          echo "shrinking RPATHs of ELF executables and libraries in $out"
        '');
      meta = {
        name = name;
        description = spec.description or "";
        homepage = spec.homepage or "https://example.org/${pname}";
        license = lib.licenses.${spec.license or "mit"};
        platforms = spec.platforms or lib.platforms.linux;
        broken = spec.broken or false;
        insecure = spec ? vulnerabilities;
        knownVulnerabilities = spec.vulnerabilities or [ ];
        position = "${spec.position.file or "pkgs/table"}:${toString (spec.position.line or 1)}";
        maintainers = [ ];
      }
      // optionalAttrs (programs != [ ]) { mainProgram = main; }
      // spec.meta or { };
    in
    finish spec drv meta (optionalAttrs (spec.shell or false) { shellPath = "/bin/${main}"; });

  # What a package is to the person: a derivation which can be altered, and which refuses when its metadata says so.
  finish = spec: drv: meta: extra:
    let
      verdict = check { inherit (spec) pname version; inherit meta; };
      whole = drv // {
        inherit (spec) pname version;
        meta = meta // { available = verdict.ok; unfree = !(meta.license.free or true); unsupported = verdict.unsupported; };
        drvPath = verdict.guard drv.drvPath;
        outPath = verdict.guard drv.outPath;
        out = whole;
        all = [ whole ];
        override = args: mkPackage (spec // (if lib.isFunction args then args spec else args));
        overrideAttrs = f: mkPackage (spec // (lib.toFunction f) spec);
        passthru = { };
        outputs = [ "out" ];
        outputName = "out";
      } // extra;
    in
    whole;
}
