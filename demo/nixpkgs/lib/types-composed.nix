# Types made of other types.
{ lib }:
let
  inherit (builtins) isAttrs isList isFunction concatMap mapAttrs zipAttrsWith elem length;
  inherit (lib.types) mkType;

  # A nested type's description, in brackets where the sentence would be ambiguous without.
  phrase = allowed: t: if t.descriptionClass == null || elem t.descriptionClass allowed then t.description else "(${t.description})";
  mergeNested = make: mine: other: outer:
    if other.name != outer then null
    else let elemType = mine.typeMerge (other.nestedTypes.elemType or { name = ""; description = ""; }); in
      if elemType == null then null else make elemType;

  attrsOfWith = { lazy, name }: elemType: mkType {
    inherit name;
    description = "${if lazy then "lazy " else ""}attribute set of ${phrase [ "noun" "composite" ] elemType}";
    descriptionClass = "composite";
    check = isAttrs;
    emptyValue.value = { };
    nestedTypes = { inherit elemType; };
    getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "<name>" ]);
    getSubModules = elemType.getSubModules;
    typeMerge = other: mergeNested (attrsOfWith { inherit lazy name; }) elemType other name;
    merge = loc: defs:
      let
        each = zipAttrsWith (n: named: lib.mergeDefinitions (loc ++ [ n ]) elemType named)
          (map (d: mapAttrs (_: value: { inherit (d) file; inherit value; }) d.value) (pushed defs));
      in
      if lazy then mapAttrs (_: m: if m.isDefined then m.mergedValue else elemType.emptyValue.value or m.mergedValue) each
      else mapAttrs (_: m: m.mergedValue) (lib.filterAttrs (_: m: m.isDefined) each);
  };
  pushed = defs: concatMap (d: map (value: d // { inherit value; }) (lib.pushDown d.value)) defs;

  listOf = elemType: mkType {
    name = "listOf";
    description = "list of ${phrase [ "noun" "composite" ] elemType}";
    descriptionClass = "composite";
    check = isList;
    emptyValue.value = [ ];
    nestedTypes = { inherit elemType; };
    getSubOptions = prefix: elemType.getSubOptions (prefix ++ [ "*" ]);
    getSubModules = elemType.getSubModules;
    typeMerge = other: mergeNested listOf elemType other "listOf";
    merge = loc: defs:
      builtins.concatLists (lib.imap1
        (n: d: concatMap
          (m: if m.isDefined then [ m.mergedValue ] else [ ])
          (lib.imap1
            (k: value: lib.mergeDefinitions (loc ++ [ "[definition ${toString n}-entry ${toString k}]" ]) elemType [ { inherit (d) file; inherit value; } ])
            d.value))
        defs);
  };

  nullOr = elemType: mkType {
    name = "nullOr";
    description = "null or ${phrase [ "noun" "conjunction" ] elemType}";
    descriptionClass = "conjunction";
    check = x: x == null || elemType.check x;
    emptyValue.value = null;
    nestedTypes = { inherit elemType; };
    getSubOptions = elemType.getSubOptions;
    getSubModules = elemType.getSubModules;
    typeMerge = other: mergeNested nullOr elemType other "nullOr";
    merge = loc: defs:
      let nulls = lib.count (d: d.value == null) defs; in
      if nulls == length defs then null
      else if nulls > 0 then
        throw "The option `${lib.showOption loc}' is defined both null and not null, in ${lib.showFiles (map (d: d.file) defs)}."
      else elemType.merge loc defs;
  };

  either = a: b: mkType {
    name = "either";
    description = "${phrase [ "noun" "conjunction" ] a} or ${phrase [ "noun" "conjunction" "composite" ] b}";
    descriptionClass = "conjunction";
    check = x: a.check x || b.check x;
    nestedTypes = { left = a; right = b; };
    merge = loc: defs:
      if builtins.all (d: a.check d.value) defs then a.merge loc defs
      else if builtins.all (d: b.check d.value) defs then b.merge loc defs
      else lib.mergeOneOption loc defs;
  };

  submoduleWith = { modules, specialArgs ? { }, class ? null, description ? "submodule", shorthandOnlyDefinesConfig ? false }@given:
    let
      asModule = d:
        if isAttrs d.value && (shorthandOnlyDefinesConfig || d.value._type or "module" != "module")
        then { _file = d.file; config = d.value; }
        else { _file = d.file; imports = [ d.value ]; };
      evaluate = prefix: more: lib.evalModules {
        inherit specialArgs class prefix;
        modules = [ { _module.args.name = lib.last ([ "<name>" ] ++ prefix); } ] ++ modules ++ more;
      };
    in
    mkType {
      name = "submodule";
      inherit description;
      descriptionClass = "noun";
      check = x: isAttrs x || isFunction x || lib.isPath x;
      emptyValue.value = { };
      getSubOptions = prefix: removeAttrs (evaluate (prefix) [ ]).options [ "_module" ];
      getSubModules = modules;
      nestedTypes = { };
      payload = given;
      typeMerge = other:
        if other.name == "submodule" then submoduleWith (given // { modules = modules ++ other.payload.modules; }) else null;
      merge = loc: defs: (evaluate loc (map asModule defs)).config;
    };
in
{
  inherit listOf nullOr either submoduleWith;
  attrsOf = attrsOfWith { lazy = false; name = "attrsOf"; };
  lazyAttrsOf = attrsOfWith { lazy = true; name = "lazyAttrsOf"; };
  nonEmptyListOf = t: listOf t // { description = "non-empty ${(listOf t).description}"; check = x: isList x && x != [ ]; emptyValue = { }; };
  oneOf = ts: lib.foldl' either (builtins.head ts) (builtins.tail ts);
  # In a submodule written in place, `config` and `options` are ordinary names unless it is a function.
  submodule = modules: submoduleWith { modules = lib.toList modules; shorthandOnlyDefinesConfig = true; };
  uniq = t: t // { merge = lib.mergeOneOption; };
  unique = { message }: t: t // { merge = lib.mergeOneOption; };
  addCheck = t: check: t // { check = x: t.check x && check x; };
  coercedTo = from: coerce: to: to // {
    name = "coercedTo";
    description = "${to.description} or ${from.description} convertible to it";
    check = x: (from.check x && to.check (coerce x)) || to.check x;
    merge = loc: defs: to.merge loc (map (d: if from.check d.value then d // { value = coerce d.value; } else d) defs);
    typeMerge = _: null;
  };
  functionTo = t: mkType {
    name = "functionTo";
    description = "function that evaluates to a(n) ${phrase [ "noun" "composite" ] t}";
    descriptionClass = "composite";
    check = isFunction;
    nestedTypes.elemType = t;
    merge = loc: defs: arg: (lib.mergeDefinitions (loc ++ [ "<function body>" ]) t (map (d: d // { value = d.value arg; }) defs)).mergedValue;
  };
  deferredModule = mkType {
    name = "deferredModule";
    description = "module";
    check = x: isAttrs x || isFunction x || lib.isPath x;
    merge = _: defs: { imports = map (d: { _file = d.file; imports = [ d.value ]; }) defs; };
  };
}
