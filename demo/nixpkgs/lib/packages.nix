# Questions about packages.
{ lib }:
{
  getExe = drv: "${lib.getBin drv}/bin/${drv.meta.mainProgram or (lib.getName drv)}";
  getExe' = drv: name: "${lib.getBin drv}/bin/${name}";
  getBin = drv: drv.bin or drv;
  getLib = drv: drv.lib or drv;
  getDev = drv: drv.dev or drv;
  makeBinPath = lib.concatMapStringsSep ":" (p: "${p}/bin");
  makeLibraryPath = lib.concatMapStringsSep ":" (p: "${p}/lib");
  lowPrio = drv: drv // { meta = (drv.meta or { }) // { priority = 10; }; };
  hiPrio = drv: drv // { meta = (drv.meta or { }) // { priority = -10; }; };
  callPackageWith = auto: f: args:
    let g = if lib.isFunction f then f else import f; in
    g (builtins.intersectAttrs (lib.functionArgs g) auto // args);
}
