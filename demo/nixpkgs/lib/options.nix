# Declaring options, showing them, and merging definitions of the simple types.
{ lib }:
let
  inherit (builtins) isString concatStringsSep addErrorContext;
in
rec {
  mkOption = attrs: attrs // { _type = "option"; };
  isOption = lib.isType "option";
  mkEnableOption = name: mkOption {
    default = false;
    example = true;
    description = "Whether to enable ${name}.";
    type = lib.types.bool;
  };
  mkPackageOption = pkgs: name: { default ? name, ... }:
    let path = lib.toList default; in
    mkOption {
      type = lib.types.package;
      default = lib.getAttrFromPath path pkgs;
      defaultText = lib.literalExpression "pkgs.${concatStringsSep "." path}";
      description = "The ${lib.concatStringsSep "." (lib.toList name)} package to use.";
    };

  showOption = loc: concatStringsSep "." (map
    (part: if builtins.elem part [ "*" "<name>" "<function body>" ] || builtins.match "<.*>" part != null then part else lib.escapeNixIdentifier part)
    loc);
  showFiles = files: lib.concatMapStringsSep " and " (f: "`${f}'") files;
  showDefs = defs: lib.concatMapStrings
    (def:
      let
        tried = builtins.tryEval (lib.toPretty def.value);
        lines = lib.splitString "\n" tried.value;
        shown =
          if !tried.success then ""
          else if builtins.length lines == 1 then ": " + tried.value
          else ":\n    " + concatStringsSep "\n    " (if builtins.length lines > 5 then lib.take 5 lines ++ [ "..." ] else lines);
      in
      "\n- In `${toString def.file}'${shown}")
    defs;
  getValues = map (d: d.value);
  getFiles = map (d: d.file);

  conflictHint = "Use `lib.mkForce value` or `lib.mkDefault value` to change the priority on any of these definitions.";
  mergeOneOption = loc: defs:
    if builtins.length defs == 1 then (builtins.head defs).value
    else throw "The option `${showOption loc}' is defined multiple times while it's expected to be unique.\nDefinition values:${showDefs defs}\n${conflictHint}";
  mergeEqualOption = loc: defs:
    let first = builtins.head defs; in
    if builtins.length defs == 1 then first.value
    else if builtins.all (def: def.value == first.value) defs then first.value
    else throw "The option `${showOption loc}' has conflicting definition values:${showDefs defs}\n${conflictHint}";

  # Carries out the properties of raw definitions of one option (or of one attribute or element of it) and merges them.
  mergeDefinitions = loc: type: defs: rec {
    prioritised = lib.filterOverrides (builtins.concatMap
      (def: map
        (value: if value._type or "" == "definition" then { inherit (value) file value; } else { inherit (def) file; inherit value; })
        (addErrorContext "while evaluating definitions from `${toString def.file}':" (lib.dischargeProperties def.value)))
      defs);
    inherit (prioritised) highestPrio;
    defsFinal = lib.sortProperties prioritised.values;
    isDefined = defsFinal != [ ];
    wrong = builtins.filter (def: !(type.check def.value)) defsFinal;
    mergedValue =
      if !isDefined then
        (type.emptyValue.value or (throw "The option `${showOption loc}' was accessed but has no value defined. Try setting the option."))
      else if wrong == [ ] then type.merge loc defsFinal
      else throw "A definition for option `${showOption loc}' is not of type `${type.description}'. Definition values:${showDefs wrong}";
    optionalValue = if isDefined then { value = mergedValue; } else { };
  };

  # What documentation tools ask for: a flat list, one entry for each option.
  optionAttrSetToDocList = options: builtins.concatMap
    (opt: [{
      name = showOption opt.loc;
      inherit (opt) loc declarations;
      description = opt.description or null;
      internal = opt.internal or false;
      visible = opt.visible or true;
      readOnly = opt.readOnly or false;
      type = opt.type.description or "unspecified value";
      default = opt.defaultText or (if opt ? default then renderOptionValue opt.default else null);
      example = if opt ? example then renderOptionValue opt.example else null;
    }] ++ (let sub = opt.type.getSubOptions opt.loc; in if opt.visible or true == "shallow" || sub == { } then [ ] else optionAttrSetToDocList sub))
    (lib.collect isOption (removeAttrs options [ "_module" ]));
  renderOptionValue = v:
    if v._type or "" == "literalExpression" || v._type or "" == "literalMD" then v
    else lib.literalExpression (let t = builtins.tryEval (lib.toPretty v); in if t.success then t.value else "…");

  checkAssertWarn = assertions: warnings: value:
    let failed = map (a: a.message) (builtins.filter (a: !a.assertion) assertions); in
    if failed != [ ] then throw "\nFailed assertions:\n${concatStringsSep "\n" (map (m: "- ${m}") failed)}"
    else lib.showWarnings warnings value;
}
