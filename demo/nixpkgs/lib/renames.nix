# Modules for options which moved or went away.
{ lib }:
let
  inherit (lib) mkOption types setAttrByPath getAttrFromPath showOption mkMerge mkIf mkOverride;

  alias = { from, to, visible, warn, use }: { options, config, ... }:
    let
      fromOpt = getAttrFromPath from options;
      toOf = lib.attrByPath to (abort "Renaming error: option `${showOption to}' does not exist.");
      toType = (lib.attrByPath to { } options).type or null;
    in
    {
      _file = "lib/renames.nix";
      options = setAttrByPath from (mkOption {
        inherit visible;
        description = "Alias of {option}`${showOption to}`.";
        apply = x: use (toOf config);
        type = if toType == null then types.unspecified else toType;
      });
      config = mkMerge [
        (if warn then {
          warnings = lib.optional fromOpt.isDefined
            "The option `${showOption from}' defined in ${lib.showFiles fromOpt.files} has been renamed to `${showOption to}'.";
        } else { })
        # The definitions go on with their files and the priority they were given; none of them, nothing.
        (setAttrByPath to (mkIf fromOpt.isDefined (mkMerge (map
          (def: lib.mkDefinition { inherit (def) file; value = mkOverride fromOpt.highestPrio def.value; })
          fromOpt.definitionsWithLocations))))
      ];
    };
in
{
  mkRenamedOptionModule = from: to: alias {
    inherit from to;
    visible = false;
    warn = true;
    use = lib.warn "Obsolete option `${showOption from}' is used. It was renamed to `${showOption to}'.";
  };
  mkAliasOptionModule = from: to: alias { inherit from to; visible = true; warn = false; use = lib.id; };
  mkRemovedOptionModule = path: reason: { options, ... }: {
    _file = "lib/renames.nix";
    options = setAttrByPath path (mkOption {
      visible = false;
      type = types.unspecified;
      apply = _: throw "The option `${showOption path}' can no longer be used since it's been removed. ${reason}";
    });
    config.assertions =
      let opt = getAttrFromPath path options; in
      [{
        assertion = !opt.isDefined;
        message = "The option definition `${showOption path}' in ${lib.showFiles opt.files} no longer has any effect; please remove it.\n${reason}";
      }];
  };
}
