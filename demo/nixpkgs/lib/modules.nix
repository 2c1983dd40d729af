# The module system: gathers modules, merges their option declarations and definitions, and checks that everything which
# was defined was also declared. Its error texts are those people meet on a real NixOS.
{ lib }:
let
  inherit (builtins) isAttrs isFunction isList isPath isString attrNames mapAttrs zipAttrsWith concatLists concatMap
    addErrorContext genericClosure filter elem head seq toString removeAttrs;
  inherit (lib) showOption mkOption types;

  unknown = "<unknown-file>";

  # Calls a module which is a function with the arguments it names.
  applyArgs = key: f: args:
    let
      named = mapAttrs
        (name: _: addErrorContext "while evaluating the module argument `${name}' in \"${key}\":"
          (args.${name} or (addErrorContext
            "noting that argument `${name}` is not externally provided, so querying `_module.args` instead, requiring `config`"
            args.config._module.args.${name})))
        (lib.functionArgs f);
    in
    f (args // named);

  # A module in its one canonical form.
  canonical = file: key: m:
    if !(isAttrs m) then throw "module ${file} (${key}) does not look like a module."
    else
      let
        file' = toString m._file or file;
        key' = toString m.key or key;
        common = { file = file'; key = key'; imports = m.require or [ ] ++ m.imports or [ ]; disabled = m.disabledModules or [ ]; };
        withFreeform = cfg: if m ? freeformType then lib.mkMerge [ cfg { _module.freeformType = m.freeformType; } ] else cfg;
        other = removeAttrs m [ "_class" "_file" "key" "disabledModules" "require" "imports" "options" "config" "meta" "freeformType" ];
      in
      if m ? config || m ? options then
        (if other != { } then
          throw "Module `${key'}' has an unsupported attribute `${head (attrNames other)}'. This is caused by introducing a top-level `config' or `options' attribute. Add configuration attributes immediately on the top level instead, or move all of them (namely: ${toString (attrNames other)}) into the explicit `config' attribute."
        else common // { options = m.options or { }; config = withFreeform (m.config or { }); })
      else common // {
        options = { };
        config = withFreeform (removeAttrs m [ "_class" "_file" "key" "disabledModules" "require" "imports" "freeformType" ]);
      };

  load = args: parentFile: parentKey: n: m:
    let anonymous = "${parentKey}:anon-${toString n}"; in
    if isFunction m || m ? __functor then canonical parentFile anonymous (applyArgs anonymous m args)
    else if isAttrs m then
      (if elem (m._type or "module") [ "if" "merge" "override" "order" ] then canonical parentFile anonymous { config = m; }
      else if m ? _type && m._type != "module" then
        throw "Could not load a value as a module, because it is of type ${lib.escapeNixString m._type}, in file ${parentFile}."
      else canonical parentFile anonymous m)
    else if isList m then
      throw "Module imports can't be nested lists. Perhaps you meant to remove one level of lists? Definition values:${lib.showDefs [ { file = parentFile; value = m; } ]}"
    else if isPath m || isString m then
      let file = toString m; value = import m; in
      canonical file file (if isFunction value then applyArgs file value args else value)
    else canonical parentFile anonymous m;

  # All modules reached through `imports`, each once; a module comes after the modules it imports.
  gather = modulesPath: args: modules:
    let
      entry = x: { inherit (x) key; module = x; };
      start = lib.imap1 (load args unknown "") modules;
      all = map (e: e.module) (genericClosure {
        startSet = map entry start;
        operator = e: map entry (lib.imap1 (load args e.module.file e.module.key) e.module.imports);
      });
      disabledKey = d: if isString d && lib.substring 0 1 d != "/" then "${modulesPath}/${d}" else toString (d.key or d);
      disabled = concatMap (m: map disabledKey m.disabled) all;
    in
    lib.reverseList (if disabled == [ ] then all else filter (m: !(elem m.key disabled)) all);

  # Merges declarations (`{ file, options }`) and definitions (`{ file, value }`) below `prefix`.
  mergeTree = prefix: decls: defs:
    let
      declsOf = zipAttrsWith (_: vs: vs) (map
        (d:
          if isAttrs d.options then mapAttrs (_: options: { inherit (d) file; inherit options; }) d.options
          else throw "In module `${d.file}', the options at `${showOption prefix}' are not an attribute set.")
        decls);
      defsOf = zipAttrsWith (_: vs: vs) (map
        (d:
          if isAttrs d.value then mapAttrs (_: value: { inherit (d) file; inherit value; }) d.value
          else throw "You're trying to define a value of type `${builtins.typeOf d.value}'\nrather than an attribute set for the option\n`${showOption prefix}'!\n\nThis usually happens if `${showOption prefix}' has option\ndefinitions inside that are not matched. Please check how to properly define\nthis option by e.g. referring to `man 5 configuration.nix'!\n")
        (concatMap (d: map (value: d // { inherit value; }) (lib.pushDown d.value)) defs));
      merged = mapAttrs
        (name: named:
          let
            loc = prefix ++ [ name ];
            own = defsOf.${name} or [ ];
            leaves = filter (d: lib.isOption d.options) named;
          in
          if leaves == [ ] then mergeTree loc named own
          else if builtins.length leaves != builtins.length named then
            throw "The option `${showOption loc}' in module `${(head leaves).file}' would be a parent of the following options, but its type `${(head leaves).options.type.description or "unspecified value"}' does not support nested options.\n- option(s) with prefix `${showOption loc}' in module `${(head (filter (d: !(lib.isOption d.options)) named)).file}'"
          else { options = evalOption loc (mergeDecls loc leaves) own; unmatched = [ ]; })
        declsOf;
      undeclared = removeAttrs defsOf (attrNames declsOf);
    in
    {
      options = mapAttrs (_: m: m.options) merged;
      unmatched =
        concatLists (lib.mapAttrsToList (_: m: m.unmatched) merged)
        ++ concatLists (lib.mapAttrsToList (name: map (d: d // { prefix = prefix ++ [ name ]; })) undeclared);
    };

  # Several declarations of one option make one when their types can be merged and no attribute is given twice.
  mergeDecls = loc: decls:
    lib.foldl'
      (acc: d:
        let
          opt = d.options;
          clash = filter (n: acc ? ${n} && opt ? ${n}) [ "default" "example" "description" "apply" ];
          type = if acc ? type && opt ? type then acc.type.typeMerge opt.type else acc.type or opt.type or null;
        in
        if acc.declarations != [ ] && (clash != [ ] || (acc ? type && opt ? type && type == null)) then
          throw "The option `${showOption loc}' in `${toString d.file}' is already declared in ${lib.showFiles acc.declarations}."
        else acc // opt // { declarations = acc.declarations ++ [ d.file ]; } // (if type == null then { } else { inherit type; }))
      { inherit loc; declarations = [ ]; }
      decls;

  evalOption = loc: decl: defs:
    let
      type = decl.type or types.unspecified;
      all = (if decl ? default then [ { file = head decl.declarations; value = lib.mkOptionDefault decl.default; } ] else [ ]) ++ defs;
      merged =
        if decl.readOnly or false && builtins.length all > 1
        then throw "The option `${showOption loc}' is read-only, but it's set multiple times. Definition values:${lib.showDefs (map (d: d // { value = d.value.content or d.value; }) all)}"
        else lib.mergeDefinitions loc type all;
      value = if decl ? apply then decl.apply merged.mergedValue else merged.mergedValue;
    in
    decl // {
      inherit type;
      value = addErrorContext "while evaluating the option `${showOption loc}':" value;
      inherit (merged) highestPrio isDefined;
      definitionsWithLocations = merged.defsFinal;
      definitions = map (d: d.value) merged.defsFinal;
      files = map (d: d.file) merged.defsFinal;
      __toString = _: showOption loc;
    };

  # Who wrote a definition of something nobody declared is told so, with the nearest names there are.
  refuseUnmatched = prefix: options: unmatched:
    let
      first = head unmatched;
      text = showOption (prefix ++ first.prefix);
      base = "The option `${text}' does not exist. Definition values:${lib.showDefs [ first ]}";
      parent = lib.init first.prefix;
      siblings = attrNames (removeAttrs (lib.attrByPath parent { } options) [ "_module" ]);
    in
    if attrNames options == [ "_module" ] then
      throw "${base}\n\nHowever there are no options defined in `${showOption prefix}'. Are you sure you've\ndeclared your options properly? This can happen if you e.g. declared your options in `types.submodule'\nunder `config' rather than `options'.\n"
    else throw (base + lib.didYouMean text (map (n: showOption (prefix ++ parent ++ [ n ])) siblings));

  moduleOptions = {
    _file = "lib/modules.nix";
    key = "lib/modules.nix";
    options._module = {
      args = mkOption { type = types.lazyAttrsOf types.raw; internal = true; default = { }; description = "Additional arguments passed to each module."; };
      check = mkOption { type = types.bool; internal = true; default = true; description = "Whether to check whether all option definitions have matching declarations."; };
      freeformType = mkOption { type = types.nullOr types.optionType; internal = true; default = null; description = "If set, merge all definitions that don't have an associated option together using this type."; };
    };
  };

  evalModules = { modules, prefix ? [ ], specialArgs ? { }, class ? null }:
    let
      args = {
        inherit lib options specialArgs;
        config = addErrorContext
          "if you get an infinite recursion here, you probably reference `config` in `imports`. If you are trying to achieve a conditional import behavior dependent on `config`, consider importing unconditionally, and using `mkEnableOption` and `mkIf` to control its effect."
          config;
        _class = class;
        _prefix = prefix;
      } // specialArgs;
      ours = { _file = "lib/modules.nix"; key = "lib/modules.nix:args"; config._module.args = { inherit extendModules; moduleType = type; }; };
      gathered = gather (specialArgs.modulesPath or "") args (modules ++ [ moduleOptions ours ]);
      merged = mergeTree prefix'
        (map (m: { inherit (m) file options; }) gathered)
        (map (m: { inherit (m) file; value = m.config; }) gathered);
      # Locations inside the tree carry the prefix of a submodule; messages about unmatched ones add it themselves.
      prefix' = prefix;
      unmatched = map (d: d // { prefix = lib.drop (builtins.length prefix) d.prefix; }) merged.unmatched;
      options = merged.options;
      declared = lib.mapAttrsRecursiveCond (v: !(lib.isOption v)) (_: v: v.value) options;
      freeformType = declared._module.freeformType;
      freeform = (lib.mergeDefinitions prefix freeformType
        (map (d: { inherit (d) file; value = lib.setAttrByPath d.prefix d.value; }) unmatched)).mergedValue;
      config =
        if freeformType == null then declared
        else if unmatched == [ ] then declared
        else lib.recursiveUpdate freeform declared;
      checked =
        if declared._module.check && freeformType == null && unmatched != [ ]
        then refuseUnmatched prefix options unmatched
        else null;
      extendModules = { modules ? [ ], specialArgs ? { }, prefix ? prefix' }: evalModules {
        modules = allModules ++ modules;
        specialArgs = givenSpecial // specialArgs;
        inherit prefix class;
      };
      allModules = modules;
      givenSpecial = specialArgs;
      type = types.submoduleWith { inherit modules specialArgs class; };
    in
    {
      _type = "configuration";
      options = seq checked options;
      config = seq checked (removeAttrs config [ "_module" ]);
      _module = seq checked declared._module;
      inherit extendModules type class;
    };
in
{
  inherit evalModules;

  # For a list of modules given in place: the file they were written in, for messages.
  setDefaultModuleLocation = file: m: { _file = file; imports = [ m ]; };
}
