# Properties of definitions: conditions, priorities, order. A smaller priority number wins.
rec {
  mkIf = condition: content: { _type = "if"; inherit condition content; };
  mkMerge = contents: { _type = "merge"; inherit contents; };
  mkOverride = priority: content: { _type = "override"; inherit priority content; };
  mkOptionDefault = mkOverride 1500;
  mkDefault = mkOverride 1000;
  defaultOverridePriority = 100;
  mkImageMediaOverride = mkOverride 60;
  mkForce = mkOverride 50;
  mkVMOverride = mkOverride 10;
  mkOrder = priority: content: { _type = "order"; inherit priority content; };
  defaultOrderPriority = 1000;
  mkBefore = mkOrder 500;
  mkAfter = mkOrder 1500;
  mkDefinition = args@{ file, value, ... }: args // { _type = "definition"; };
  mkAssert = assertion: message: content: mkIf (if assertion then true else throw "\nFailed assertion: ${message}") content;

  # One definition with its conditions carried out: zero or more plain values.
  dischargeProperties = def:
    if def._type or "" == "merge" then builtins.concatMap dischargeProperties def.contents
    else if def._type or "" == "if" then
      (if builtins.isBool def.condition then (if def.condition then dischargeProperties def.content else [ ])
      else throw "‘mkIf’ called with a non-Boolean condition")
    else [ def ];

  # A set of definitions with the properties around it moved onto its attributes, so that names are known without conditions.
  pushDown = cfg:
    if cfg._type or "" == "merge" then builtins.concatMap pushDown cfg.contents
    else if cfg._type or "" == "if" then map (builtins.mapAttrs (_: mkIf cfg.condition)) (pushDown cfg.content)
    else if cfg._type or "" == "override" then map (builtins.mapAttrs (_: mkOverride cfg.priority)) (pushDown cfg.content)
    else if cfg._type or "" == "order" then map (builtins.mapAttrs (_: mkOrder cfg.priority)) (pushDown cfg.content)
    else [ cfg ];

  # Only the definitions of the strongest priority, without the wrapping.
  filterOverrides = defs:
    let
      prio = def: if def.value._type or "" == "override" then def.value.priority else defaultOverridePriority;
      highestPrio = builtins.foldl' (p: def: let q = prio def; in if q < p then q else p) 9999 defs;
      strip = def: if def.value._type or "" == "override" then def // { value = def.value.content; } else def;
    in
    { values = map strip (builtins.filter (def: prio def == highestPrio) defs); inherit highestPrio; };

  sortProperties = defs:
    let
      order = def: if def.value._type or "" == "order" then def.value.priority else defaultOrderPriority;
      strip = def: if def.value._type or "" == "order" then def // { value = def.value.content; } else def;
    in
    if builtins.any (def: def.value._type or "" == "order") defs
    then map strip (builtins.sort (a: b: order a < order b) defs)
    else defs;
}
