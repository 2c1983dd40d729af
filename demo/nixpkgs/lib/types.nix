# The types of single values.
{ lib }:
let
  inherit (builtins) isString isInt isBool isFloat isAttrs isList isPath match;
  inherit (lib) mergeEqualOption mergeOneOption;

  simple = name: description: check: mkType { inherit name description check; descriptionClass = "noun"; merge = mergeEqualOption; };
  mkType = args@{ name, ... }: {
    _type = "option-type";
    description = name;
    descriptionClass = null;
    check = _: true;
    merge = mergeOneOption;
    emptyValue = { };
    getSubOptions = _: { };
    getSubModules = null;
    nestedTypes = { };
    # Two declarations of one option fit when their types are the same by name.
    typeMerge = other: if other.name == name && other.description == (args.description or name) then mkType args else null;
  } // args;

  ints = {
    between = low: high: simple "intBetween" "integer between ${toString low} and ${toString high} (both inclusive)"
      (x: isInt x && x >= low && x <= high);
    unsigned = simple "unsignedInt" "unsigned integer, meaning >=0" (x: isInt x && x >= 0) // { descriptionClass = "nonRestrictiveClause"; };
    positive = simple "positiveInt" "positive integer, meaning >0" (x: isInt x && x > 0) // { descriptionClass = "nonRestrictiveClause"; };
    u8 = sized 8 255;
    u16 = sized 16 65535;
    u32 = sized 32 4294967295;
  };
  sized = bits: high: simple "unsignedInt${toString bits}"
    "${toString bits} bit unsigned integer; between 0 and ${toString high} (both inclusive)"
    (x: isInt x && x >= 0 && x <= high);
  separated = sep: name: description: simple name description isString // {
    merge = _: defs: builtins.concatStringsSep sep (map (d: d.value) defs);
  };
in
{
  inherit mkType ints separated;
  mkOptionType = mkType;
  isOptionType = lib.isType "option-type";
  bool = simple "bool" "boolean" isBool;
  int = simple "int" "signed integer" isInt;
  float = simple "float" "floating point number" isFloat;
  number = simple "number" "signed integer or floating point number" (x: isInt x || isFloat x);
  inherit (ints) u8;
  port = ints.u16;
  str = simple "str" "string" isString;
  nonEmptyStr = simple "nonEmptyStr" "non-empty string" (x: isString x && match "[ \t\n]*" x == null);
  singleLineStr = simple "singleLineStr" "(optionally newline-terminated) single-line string" (x: isString x && match "[^\n\r]*\n?" x != null);
  strMatching = pattern: simple "strMatching ${lib.escapeNixString pattern}" "string matching the pattern ${pattern}"
    (x: isString x && match pattern x != null);
  passwdEntry = t: t // { description = "${t.description}, not containing newlines or colons"; check = x: t.check x && match "[^:\n]*" x != null; };
  separatedString = sep: separated sep "separatedString" "strings concatenated with ${builtins.toJSON sep}";
  lines = separated "\n" "separatedString" "strings concatenated with \"\\n\"";
  commas = separated "," "separatedString" "strings concatenated with \",\"";
  envVar = separated ":" "separatedString" "strings concatenated with \":\"";
  path = simple "path" "absolute path" (x: lib.isStringLike x && builtins.substring 0 1 (toString x) == "/");
  pathInStore = simple "pathInStore" "path in the Nix store" (x: lib.isStringLike x && lib.hasPrefix builtins.storeDir (toString x));
  package = mkType {
    name = "package";
    descriptionClass = "noun";
    check = x: lib.isDerivation x || (lib.isStringLike x && lib.hasPrefix (toString builtins.storeDir) (toString x));
  };
  shellPackage = mkType {
    name = "package";
    description = "package with a shell program";
    descriptionClass = "noun";
    check = x: lib.isDerivation x && x ? shellPath;
  };
  attrs = mkType {
    name = "attrs";
    description = "attribute set";
    check = isAttrs;
    merge = _: lib.foldl' (acc: d: acc // d.value) { };
    emptyValue.value = { };
  };
  enum = values:
    let shown = builtins.concatStringsSep ", " (map lib.toPretty values); in
    simple "enum"
      (if values == [ ] then "impossible (empty enum)"
      else if builtins.length values == 1 then "value ${shown} (singular enum)"
      else "one of ${shown}")
      (x: builtins.elem x values)
    // { descriptionClass = if builtins.length values < 2 then "noun" else "conjunction"; };
  raw = mkType { name = "raw"; description = "raw value"; descriptionClass = "noun"; };
  optionType = mkType { name = "optionType"; description = "optionType"; check = x: x._type or "" == "option-type"; };
}
// (
  let
    # Whatever it is: lists are joined, sets are merged one level deep, anything else must be given once.
    mergeLoosely = _: defs:
      let values = map (d: d.value) defs; in
      if builtins.length values == 1 then builtins.head values
      else if builtins.all isList values then builtins.concatLists values
      else if builtins.all isAttrs values then lib.foldl' (a: b: a // b) { } values
      else builtins.head values;
  in
  {
    unspecified = mkType { name = "unspecified"; description = "unspecified value"; descriptionClass = "noun"; merge = mergeLoosely; };
    anything = mkType {
      name = "anything";
      descriptionClass = "noun";
      merge = loc: defs:
        let values = map (d: d.value) defs; in
        if builtins.all (v: isAttrs v && !(lib.isDerivation v) && !(v ? __functor)) values
        then (lib.types.lazyAttrsOf lib.types.anything).merge loc defs
        else if builtins.length values == 1 then builtins.head values
        else mergeEqualOption loc defs;
    };
  }
)
