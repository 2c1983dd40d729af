# The demo's own small `lib`: the names people and modules use most, under the spelling nixpkgs gives them.
let
  lib = fix (self:
    import ./basics.nix
    // import ./strings.nix { lib = self; }
    // import ./attrsets.nix { lib = self; }
    // import ./pretty.nix { lib = self; }
    // import ./properties.nix
    // import ./options.nix { lib = self; }
    // import ./modules.nix { lib = self; }
    // import ./renames.nix { lib = self; }
    // import ./packages.nix { lib = self; }
    // {
      types = import ./types.nix { lib = self; } // import ./types-composed.nix { lib = self; };
      trivial = import ./release-info.nix // { inherit (self) pipe flip id const warn warnIf importJSON boolToString; };
      licenses = import ./licenses.nix;
      platforms = { linux = [ "x86_64-linux" "aarch64-linux" ]; darwin = [ "aarch64-darwin" "x86_64-darwin" ]; };
      inherit (self.trivial) version release;
      strings = { inherit (self) concatStringsSep hasPrefix hasSuffix removePrefix removeSuffix splitString toUpper toLower escapeShellArg optionalString; };
      lists = { inherit (self) unique optional optionals flatten range last init take drop; };
      attrsets = { inherit (self) mapAttrsToList filterAttrs genAttrs nameValuePair recursiveUpdate attrByPath; };
      asserts = { inherit (self) checkAssertWarn assertMsg; };
      modules = { inherit (self) evalModules mkIf mkMerge mkForce mkDefault; };
      options = { inherit (self) mkOption mkEnableOption showOption; };
    });
  fix = f: let x = f x; in x;
in
lib
