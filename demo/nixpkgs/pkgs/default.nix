# The package set: the tables, in the versions of this release, with the person's overlays on top.
{ system ? builtins.currentSystem, config ? { }, overlays ? [ ], ... }:
let
  lib = import ../lib;
  site = import ../site.nix;
  release = import ../release.nix;
  build = import ./build.nix { inherit lib site system; };
  check = import ./check-meta.nix { inherit lib config system; };

  tables = [ ./table/base.nix ./table/tools.nix ./table/desktop.nix ./table/servers.nix ./table/faulty.nix ./table/parts.nix ];
  # Each entry with its own place, so that messages and tools can name it.
  located = file: let t = import file; in builtins.mapAttrs (n: spec: spec // { position = builtins.unsafeGetAttrPos n t; }) t;
  known = removeAttrs (lib.mergeAttrsList (map located tables) // release.added or { }) (release.removed or [ ]);

  # A few entries are described by a number instead of a script.
  scripted = spec:
    if spec.slow or false then spec // {
      buildPhase = "n=1; while [ $n -le ${toString (config.slowBuildSeconds or spec.seconds)} ]; do echo \"compiling unit $n of ${toString (config.slowBuildSeconds or spec.seconds)}\"; sleep 1; n=$((n+1)); done";
    }
    else if spec.chatty or false then spec // {
      buildPhase = "n=1; while [ $n -le ${toString spec.lines} ]; do echo \"[$n/${toString spec.lines}] Compiling unit_$n.cpp\"; n=$((n+1)); done";
    }
    else spec;

  base = final:
    let
      package = import ./package.nix {
        inherit lib check;
        build = build;
        resolve = map (d: if lib.isString d then final.${d} else d);
      };
      mk = spec: package.mkPackage spec // {
        override = args: mk (spec // (if lib.isFunction args then args spec else args));
        overrideAttrs = f: mk (spec // (lib.toFunction f) spec);
      };
      make = name: spec: mk' ({ pname = name; } // spec // lib.optionalAttrs (release.versions ? ${name}) { version = release.versions.${name}; }
        // lib.optionalAttrs (release.sizes or { } ? ${name}) { size = release.sizes.${name}; });
      mk' = spec: mk (scripted spec) // { override = args: mk' (spec // (if lib.isFunction args then args spec else args)); };
      kernel = version: let name = "linux-${version}"; in
        package.finish { pname = "linux"; inherit version; }
          (build.shell name { pname = "linux"; inherit version; } (''
            phase buildPhase
            echo "  BZIMAGE  arch/x86/boot/bzImage"
          '' + build.treeScript {
            files = {
              bzImage = "kernel ${version}\n${lib.strings-fill 40000 "k"}";
              "lib/modules/${version}/modules.dep" = "";
              "lib/modules/${version}/kernel/fs/ext4.ko" = lib.strings-fill 20000 "m";
            };
          }))
          { inherit name; description = "Linux kernel"; homepage = "https://www.kernel.org/"; license = lib.licenses.gpl2Only; platforms = lib.platforms.linux; broken = false; knownVulnerabilities = [ ]; position = "${toString ./.}/default.nix:1"; }
          { modDirVersion = version; };
    in
    builtins.mapAttrs make known
    // import ./aliases.nix { inherit lib final release; }
    // {
      inherit lib config system overlays;
      pkgs = final;
      inherit (build) writeText writeTextDir writeShellScriptBin writeShellScript runCommand buildEnv symlinkJoin;
      inherit (build) shell tree;
      stdenv = {
        hostPlatform = { inherit system; isLinux = true; isx86_64 = system == "x86_64-linux"; isAarch64 = system == "aarch64-linux"; };
        mkDerivation = args: mk (if lib.isFunction args then lib.fix args else { version = "0"; } // args);
      };
      stdenvNoCC = final.stdenv;
      callPackage = lib.callPackageWith final;
      fetchurl = import <nix/fetchurl.nix>;
      linuxPackages = { kernel = kernel release.versions.linux; };
      linuxPackages_latest = { kernel = kernel release.versions.linux_latest; };
      linux = final.linuxPackages.kernel;
      # A download whose content is not what was promised.
      bad-hash = build.shell "bad-hash-1.0.tar.gz"
        { outputHashMode = "flat"; outputHashAlgo = "sha256"; outputHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; }
        "echo 'trying https://example.org/bad-hash-1.0.tar.gz'; echo content > $out" // { pname = "bad-hash"; version = "1.0"; meta = { description = "Download with a wrong hash"; }; };
    };
in
lib.fix (lib.foldl' (f: overlay: final: let prev = f final; in prev // overlay final prev) base overlays)
