# Attribute sets.
{ lib }:
let
  inherit (builtins) attrNames listToAttrs mapAttrs isAttrs elemAt length;
in
rec {
  nameValuePair = name: value: { inherit name value; };
  mapAttrsToList = f: set: map (n: f n set.${n}) (attrNames set);
  attrsToList = mapAttrsToList nameValuePair;
  mapAttrs' = f: set: listToAttrs (mapAttrsToList f set);
  concatMapAttrs = f: set: lib.foldl' (a: b: a // b) { } (mapAttrsToList f set);
  filterAttrs = pred: set: removeAttrs set (lib.filter (n: !(pred n set.${n})) (attrNames set));
  genAttrs = names: f: listToAttrs (map (n: nameValuePair n (f n)) names);
  optionalAttrs = cond: set: if cond then set else { };
  mergeAttrsList = lib.foldl' (a: b: a // b) { };
  recursiveUpdate = a: b:
    mapAttrs (n: v: if b ? ${n} then (if isAttrs v && isAttrs b.${n} then recursiveUpdate v b.${n} else b.${n}) else v) a
    // removeAttrs b (attrNames a);
  attrByPath = path: default: set:
    let go = i: s: if i == length path then s else if isAttrs s && s ? ${elemAt path i} then go (i + 1) s.${elemAt path i} else default;
    in go 0 set;
  hasAttrByPath = path: set:
    let go = i: s: i == length path || (isAttrs s && s ? ${elemAt path i} && go (i + 1) s.${elemAt path i});
    in go 0 set;
  getAttrFromPath = path: attrByPath path (throw "cannot find attribute `${lib.concatStringsSep "." path}'");
  setAttrByPath = path: value: lib.foldr (name: v: { ${name} = v; }) value path;
  mapAttrsRecursiveCond = cond: f:
    let go = path: mapAttrs (n: v: if isAttrs v && cond v then go (path ++ [ n ]) v else f (path ++ [ n ]) v);
    in go [ ];
  mapAttrsRecursive = mapAttrsRecursiveCond (_: true);
  collect = pred: set: if pred set then [ set ] else if isAttrs set then lib.concatMap (collect pred) (lib.attrValues set) else [ ];
  zipAttrs = builtins.zipAttrsWith (_: vs: vs);
  foldlAttrs = f: init: set: lib.foldl' (acc: n: f acc n set.${n}) init (attrNames set);
}
