# Whether a package may be used here, and what the person reads when not.
{ lib, config, system }:
{ pname, version, meta }:
let
  name = "${pname}-${version}";
  env = n: builtins.getEnv n == "1";
  allowed = {
    unfree = config.allowUnfree or false || env "NIXPKGS_ALLOW_UNFREE"
      || (config.allowUnfreePredicate or (_: false)) { inherit pname version meta name; };
    broken = config.allowBroken or false || env "NIXPKGS_ALLOW_BROKEN";
    unsupported = config.allowUnsupportedSystem or false || env "NIXPKGS_ALLOW_UNSUPPORTED_SYSTEM";
    insecure = builtins.elem name (config.permittedInsecurePackages or [ ]) || env "NIXPKGS_ALLOW_INSECURE"
      || (config.allowInsecurePredicate or (_: false)) { inherit pname version meta name; };
  };
  # The first line below the variable is where people working with flakes find out why it had no effect.
  flakeNote = "\n   Note: When using `nix shell`, `nix build`, `nix develop`, etc with a flake,\n         then pass `--impure` in order to allow use of environment variables.\n    ";
  refuse = why: remedy: throw "Package ‘${name}’ in ${meta.position} ${why}, refusing to evaluate.\n\n${remedy}";
  allow = attr: variable: phrase: more: ''
    a) To temporarily allow ${phrase}, you can use an environment variable
       for a single invocation of the nix tools.

         $ export ${variable}=1
         ${flakeNote}
    b) For `nixos-rebuild` you can set
      { nixpkgs.config.allow${attr} = true; }
    in configuration.nix to override this.
    ${more}
    c) For `nix-env`, `nix-build`, `nix-shell` or any other Nix command you can add
      { allow${attr} = true; }
    to ~/.config/nixpkgs/config.nix.
  '';
  predicate = "\n    Alternatively you can configure a predicate to allow specific packages:\n      { nixpkgs.config.allowUnfreePredicate = pkg: builtins.elem (lib.getName pkg) [\n          \"${pname}\"\n        ];\n      }\n";
  insecureRemedy = ''

    Known issues:
    ${lib.concatMapStrings (v: " - ${v}\n") meta.knownVulnerabilities}
    You can install it anyway by allowing this package, using the
    following methods:

    a) To temporarily allow all insecure packages, you can use an environment
       variable for a single invocation of the nix tools:

         $ export NIXPKGS_ALLOW_INSECURE=1
         ${flakeNote}
    b) for `nixos-rebuild` you can add ‘${name}’ to
       `nixpkgs.config.permittedInsecurePackages` in the configuration.nix,
       like so:

         {
           nixpkgs.config.permittedInsecurePackages = [
             "${name}"
           ];
         }

    c) For `nix-env`, `nix-build`, `nix-shell` or any other Nix command you can add
       ‘${name}’ to `permittedInsecurePackages` in
       ~/.config/nixpkgs/config.nix, like so:

         {
           permittedInsecurePackages = [
             "${name}"
           ];
         }

  '';
  list = xs: "[${lib.concatMapStrings (x: "\n    \"${x}\"") xs}\n  ]";
  unfree = !(meta.license.free or true) && !allowed.unfree;
  unsupported = !(builtins.elem system meta.platforms);
  broken = meta.broken && !allowed.broken;
  insecure = meta.knownVulnerabilities != [ ] && !allowed.insecure;
in
{
  inherit unsupported;
  ok = !(unfree || broken || insecure || (unsupported && !allowed.unsupported));
  guard = value:
    if unfree then refuse "has an unfree license (‘${meta.license.shortName}’)" (allow "Unfree" "NIXPKGS_ALLOW_UNFREE" "unfree packages" predicate)
    else if broken then refuse "is marked as broken" (allow "Broken" "NIXPKGS_ALLOW_BROKEN" "broken packages" "")
    else if unsupported && !allowed.unsupported then
      refuse "is not available on the requested hostPlatform:\n  hostPlatform.system = \"${system}\"\n  package.meta.platforms = ${list meta.platforms}\n  package.meta.badPlatforms = [ ]\n"
        (allow "UnsupportedSystem" "NIXPKGS_ALLOW_UNSUPPORTED_SYSTEM" "packages that are unsupported for this system" "")
    else if insecure then refuse "is marked as insecure" insecureRemedy
    else value;
}
