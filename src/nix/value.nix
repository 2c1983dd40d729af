machine:
let
  path = [ @path@ ];
  inherit (builtins) attrNames concatMap elemAt genList head isAttrs isFunction isList isPath isString length tail tryEval;
  isOption = value: isAttrs value && (value._type or "") == "option";
  plain = depth: value:
    let tried = tryEval value; in
    if !tried.success then "<error>"
    else if isFunction value then "<function>"
    else if isString value then builtins.unsafeDiscardStringContext value
    else if isPath value then toString value
    else if isList value then (if depth == 0 then "<list>" else map (plain (depth - 1)) value)
    else if !(isAttrs value) then value
    else if (value.type or null) == "derivation" then "<package ${value.name or "unnamed"}>"
    else if isOption value then "<option>"
    else if depth == 0 then "<set>"
    else builtins.mapAttrs (_: plain (depth - 1)) value;
  take = count: list: genList (elemAt list) (if length list < count then length list else count);
  own = file: let root = toString (machine.pkgs.path or "/nix/store/none"); in builtins.substring 0 (builtins.stringLength root) file != root;
  isSet = option: (option.isDefined or false) && (option.highestPrio or 100) < 1500;
  definitions = option:
    if isSet option then map (one: { file = toString one.file; value = plain 4 one.value; }) (option.definitionsWithLocations or [ ]) else [ ];
  walk = at: tree: rest:
    if isOption tree then found at tree rest
    else if rest == [ ] then group at tree
    else if isAttrs tree && builtins.hasAttr (head rest) tree then walk (at ++ [ (head rest) ]) tree.${head rest} (tail rest)
    else { kind = "missing"; path = at; missing = head rest; names = if isAttrs tree then attrNames tree else [ ]; };
  found = at: option: rest:
    let inside = descend at option.value rest; in
    inside // {
      option = at;
      type = option.type.description or null;
      definitions = definitions option;
    };
  descend = at: value: rest:
    if rest == [ ] then { kind = "value"; path = at; value = plain 5 value; }
    else if isAttrs value && builtins.hasAttr (head rest) value then descend (at ++ [ (head rest) ]) value.${head rest} (tail rest)
    else { kind = "missing"; path = at; missing = head rest; names = if isAttrs value then attrNames value else [ ]; };
  below = at: tree: concatMap
    (name:
      let here = at ++ [ name ]; tried = tryEval tree.${name}; value = tried.value; in
      if !tried.success || !(isAttrs value) then [ ]
      else if isOption value then
        (let written = tryEval (isSet value && builtins.any (one: own (toString one)) (value.files or [ ])); in
          if written.success && written.value then [ { path = here; value = plain 4 value.value; definitions = definitions value; } ] else [ ])
      else below here value)
    (builtins.filter (name: builtins.substring 0 1 name != "_") (attrNames tree));
  group = at: tree: { kind = "group"; path = at; names = attrNames tree; set = take 200 (below at tree); };
in
walk [ ] machine.options path
