package io.github.txt2lora.torch.device;

import io.github.txt2lora.InvalidSettingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds GPUs through the driver, decides which PyTorch DJL has to load for them, and says what is missing where a GPU
 * cannot be used. DJL alone decides by the CUDA toolkit, which it needs for nothing else: without one, or with one that
 * is older than its build of PyTorch, it silently takes the CPU.
 */
public final class GpuDetection {

    static final String FLAVOR = "PYTORCH_FLAVOR";
    static final String VERSION = "PYTORCH_VERSION";
    static final String LIBRARY_PATH = "PYTORCH_LIBRARY_PATH";
    static final String VISIBLE_DEVICES = "CUDA_VISIBLE_DEVICES";

    /** Where NVIDIA's driver comes from. */
    public static final String DRIVERS = "https://www.nvidia.com/drivers";

    private static final String BUILD = "mvn -B -ntp -q -DskipTests -P%s -pl txt2lora-cli -am package";
    private static final String OLD_ABI = "-precxx11";

    private final Surroundings world;
    private final DriverState driver;

    private GpuDetection(Surroundings world) {
        this.world = world;
        this.driver = world.driver();
    }

    /** Looks around, and changes nothing. */
    public static DetectedGpus in(Surroundings world) {
        return new GpuDetection(world).detect();
    }

    /**
     * Passes if the folder that {@code PYTORCH_LIBRARY_PATH} names, if any, has a libtorch that DJL has a bridge to. DJL
     * would pass over a folder without one, and end the process with another version.
     *
     * @throws InvalidSettingException if it has not
     */
    public static void requireLibraryPath(Surroundings world) {
        world.setting(LIBRARY_PATH).ifPresent(path -> requireLibtorch(world, path));
    }

    private static void requireLibtorch(Surroundings world, String path) {
        InstalledLibtorch installed = world.installed(path)
                .orElseThrow(() -> InvalidSettingException.of(
                        LIBRARY_PATH,
                        path,
                        "a folder with " + System.mapLibraryName("torch")
                                + ", for example site-packages/torch/lib of a Python environment"));
        String expected = world.pytorchVersion();
        installed
                .version()
                .filter(version -> !number(version).equals(number(expected)))
                .ifPresent(version -> {
                    throw new InvalidSettingException(LIBRARY_PATH + " is " + path + ", which holds PyTorch " + version
                            + "; expected " + expected + ", which DJL is for: pip install torch==" + expected);
                });
    }

    /** The flavors that DJL has of a version, in words. */
    public static String flavorsOf(String version) {
        return CudaBuild.of(version).map(build -> "cpu or " + build.flavor()).orElse("cpu or one for its CUDA");
    }

    private DetectedGpus detect() {
        Optional<InstalledLibtorch> installed = world.setting(LIBRARY_PATH).flatMap(world::installed);
        if (installed.isPresent()) {
            return ofInstalled(installed.get());
        }
        List<BundledLibtorch> bundled = bundled();
        Optional<BundledLibtorch> cuda = bundled.stream()
                .filter(BundledLibtorch::isCuda)
                .max(Comparator.comparing(BundledLibtorch::flavor).thenComparing(BundledLibtorch::version));
        if (cuda.isPresent()) {
            return ofBundledForGpus(cuda.get(), bundled);
        }
        return bundled.isEmpty() ? ofDownload() : ofBundledForCpus(bundled.get(0));
    }

    /** Those on the class path that DJL considers. */
    private List<BundledLibtorch> bundled() {
        return world.bundled().stream()
                .filter(one -> one.system().equals(world.system()))
                .filter(one ->
                        world.setting(VERSION).map(one.version()::startsWith).orElse(true))
                .toList();
    }

    private DetectedGpus ofInstalled(InstalledLibtorch installed) {
        String version = world.setting(VERSION).or(installed::version).orElseGet(world::pytorchVersion);
        Optional<CudaBuild> build = CudaBuild.of(version);
        Optional<String> wanted = world.setting(FLAVOR);
        boolean forGpus =
                installed.isCuda() && !wanted.filter(GpuDetection::isCpu).isPresent();
        List<Gpu> usable = forGpus ? usable(build) : List.of();
        String flavor = wanted.orElseGet(
                () -> flavor(build, usable) + (installed.isOfPython() && isOldAbi(version) ? OLD_ABI : ""));
        Map<String, String> settings = new LinkedHashMap<>();
        if (wanted.isEmpty() && build.isPresent()) {
            settings.put(FLAVOR, flavor);
        }
        if (world.setting(VERSION).isEmpty()) {
            settings.put(VERSION, version);
        }
        LibtorchPlan plan = LibtorchPlan.untouched(version, flavor).with(settings);
        return result(plan, usable, () -> {
            if (forGpus) {
                return ofBuild(build);
            }
            return installed.isCuda()
                    ? flavorIs(wanted.orElse(""))
                    : new Obstacle(
                            LIBRARY_PATH + " is " + installed.folder() + ", which holds PyTorch for the CPU",
                            "install the one for GPUs: pip install torch==" + version
                                    + " --index-url https://download.pytorch.org/whl/"
                                    + build.map(CudaBuild::flavor).orElse(CudaBuild.CU128.flavor()));
        });
    }

    /** DJL passes them over where the toolkit is missing or older than they are. */
    private DetectedGpus ofBundledForGpus(BundledLibtorch cuda, List<BundledLibtorch> bundled) {
        Optional<CudaBuild> build = CudaBuild.of(cuda.version());
        List<Gpu> usable = usable(build);
        boolean djlTakesIt = world.toolkit()
                .filter(toolkit -> build.map(CudaBuild::cuda).orElse(toolkit).compareTo(toolkit) <= 0)
                .isPresent();
        boolean djlHasOther = bundled.stream().anyMatch(one -> !one.isCuda());
        String version = number(cuda.version());
        LibtorchPlan plan = LibtorchPlan.untouched(version, flavor(build, usable));
        if (!djlTakesIt && (!usable.isEmpty() || !djlHasOther)) {
            plan = plan.with(Map.of(FLAVOR, plan.flavor(), VERSION, version)).unpacking(cuda);
        }
        return result(plan, usable, () -> ofBuild(build));
    }

    private DetectedGpus ofBundledForCpus(BundledLibtorch cpu) {
        return result(
                LibtorchPlan.untouched(number(cpu.version()), LibtorchPlan.CPU),
                List.of(),
                () -> ofSystem().orElseGet(this::cpuBuild));
    }

    private Obstacle cpuBuild() {
        return driver.gpus().stream()
                .filter(gpu -> CudaBuild.runningOn(gpu).isPresent())
                .findFirst()
                .map(gpu -> new Obstacle(
                        "this machine has " + gpu + ", but PyTorch on the class path (pytorch-native-cpu) is the build"
                                + " for the CPU",
                        "build the command line for GPUs: " + build(gpu)
                                + " (an application excludes pytorch-native-cpu)"))
                .orElseGet(() -> withoutKernels(driver.gpus().get(0), "PyTorch"));
    }

    private DetectedGpus ofDownload() {
        String version = world.setting(VERSION).orElseGet(world::pytorchVersion);
        Optional<CudaBuild> build = CudaBuild.of(version);
        Optional<String> wanted = world.setting(FLAVOR);
        if (wanted.isPresent()) {
            boolean missing = build.filter(one -> number(wanted.get(), one) < number(one.flavor(), one))
                    .isPresent();
            boolean forGpus = !isCpu(wanted.get()) && !missing;
            return result(
                    LibtorchPlan.untouched(version, forGpus ? wanted.get() : LibtorchPlan.CPU),
                    forGpus ? usable(build) : List.of(),
                    () -> forGpus ? ofBuild(build) : flavorIs(wanted.get()));
        }
        boolean exists = CudaBuild.existsFor(world.system());
        List<Gpu> usable = exists ? usable(build) : List.of();
        LibtorchPlan plan = LibtorchPlan.untouched(version, flavor(build, usable));
        if (plan.isCuda() || world.toolkit().isPresent()) {
            plan = plan.with(Map.of(FLAVOR, plan.flavor()));
        }
        return result(plan, usable, () -> ofSystem().orElseGet(() -> ofBuild(build)));
    }

    private interface Reason {
        Obstacle tell();
    }

    /** The reason is asked for where there are GPUs, none of which can be used. */
    private DetectedGpus result(LibtorchPlan plan, List<Gpu> usable, Reason reason) {
        Optional<Obstacle> obstacle = ofDriver();
        if (obstacle.isEmpty() && usable.isEmpty() && !driver.gpus().isEmpty()) {
            obstacle = Optional.of(reason.tell());
        }
        return new DetectedGpus(driver, plan, usable, obstacle);
    }

    /** The GPUs that a build runs on; all of them if nothing is known of it. */
    private List<Gpu> usable(Optional<CudaBuild> build) {
        List<Gpu> usable = new ArrayList<>(driver.gpus());
        build.ifPresent(known -> usable.removeIf(gpu -> !known.runsOn(gpu) || !known.runsWith(cudaOfDriver())));
        return usable;
    }

    private CudaVersion cudaOfDriver() {
        return driver instanceof DriverState.Working working ? working.cuda() : new CudaVersion(0, 0);
    }

    private Optional<Obstacle> ofDriver() {
        if (driver instanceof DriverState.Missing missing) {
            return world.hasNvidiaCard() ? Optional.of(ofMissing(missing)) : Optional.empty();
        }
        if (driver instanceof DriverState.Failing failing) {
            return ofFailing(failing);
        }
        return driver.gpus().isEmpty() ? hidden() : Optional.empty();
    }

    private Obstacle ofMissing(DriverState.Missing missing) {
        String found = "this machine has an NVIDIA GPU, but its driver does not load (" + missing.reason() + ")";
        return world.isContainer()
                ? new Obstacle(found, "start the container with the GPU: docker run --gpus all")
                : new Obstacle(
                        found,
                        world.system().startsWith("linux")
                                ? "install the driver: sudo ubuntu-drivers install (on other systems than Ubuntu: "
                                        + DRIVERS + ")"
                                : "install the driver: " + DRIVERS);
    }

    private Optional<Obstacle> ofFailing(DriverState.Failing failing) {
        String found = "the NVIDIA driver does not start: " + failing.name() + " (" + failing.code() + ")";
        return switch (failing.code()) {
            case DriverState.Failing.NO_DEVICE -> hidden();
            case DriverState.Failing.STUB_LIBRARY ->
                Optional.of(new Obstacle(
                        found + ", because the CUDA toolkit's placeholder is found instead of it",
                        "take the toolkit's folder 'stubs' out of LD_LIBRARY_PATH: unset LD_LIBRARY_PATH"));
            case DriverState.Failing.DRIVER_MISMATCH ->
                Optional.of(new Obstacle(
                        found + ", because it was updated and the older one still runs",
                        "restart the machine: reboot"));
            case DriverState.Failing.SYSTEM_NOT_READY ->
                Optional.of(new Obstacle(
                        found + ", because the service that connects the GPUs does not run",
                        "start it: sudo systemctl start nvidia-fabricmanager"));
            default ->
                Optional.of(new Obstacle(
                        found,
                        "see whether nvidia-smi works; if not, restart the machine, and install the driver anew"));
        };
    }

    private Optional<Obstacle> hidden() {
        return world.setting(VISIBLE_DEVICES)
                .map(value -> new Obstacle(
                        VISIBLE_DEVICES + " is " + value + ", which hides all GPUs from this process",
                        "remove it: " + unset(VISIBLE_DEVICES)));
    }

    /** That there is no build for GPUs on this system at all. */
    private Optional<Obstacle> ofSystem() {
        return CudaBuild.existsFor(world.system())
                ? Optional.empty()
                : Optional.of(new Obstacle(
                        "this machine has " + driver.gpus().get(0) + ", but DJL has no PyTorch for GPUs on "
                                + world.system(),
                        "use one that is installed: see " + LIBRARY_PATH + " in docs/gpu.md"));
    }

    private Obstacle ofBuild(Optional<CudaBuild> build) {
        Gpu first = driver.gpus().get(0);
        String name = build.map(CudaBuild::toString).orElse("PyTorch");
        if (build.filter(known -> known.runsWith(cudaOfDriver())).isEmpty()) {
            return new Obstacle(
                    "this machine has " + first + ", but its driver is for CUDA " + cudaOfDriver() + ", and " + name
                            + " needs a driver for CUDA "
                            + build.map(known -> known.cuda().major()).orElse(12) + " or newer",
                    "update the driver: " + DRIVERS);
        }
        return withoutKernels(first, name);
    }

    /** That a build has no machine code for a generation. */
    static Obstacle withoutKernels(Gpu gpu, String libtorch) {
        return new Obstacle(
                libtorch + " has no kernels for " + gpu,
                CudaBuild.runningOn(gpu)
                        .map(build -> build + " has; build the command line with it: " + build(gpu))
                        .orElse("no PyTorch that DJL has is for this generation; use device cpu"));
    }

    private Obstacle flavorIs(String flavor) {
        CudaBuild build = CudaBuild.of(world.setting(VERSION).orElseGet(world::pytorchVersion))
                .orElse(CudaBuild.CU128);
        return new Obstacle(
                "this machine has " + driver.gpus().get(0) + ", but " + FLAVOR + " is " + flavor
                        + ", with which DJL loads PyTorch for the CPU; expected none, or " + build.flavor(),
                "remove it: " + unset(FLAVOR));
    }

    private String unset(String variable) {
        return world.system().startsWith("win") ? "set " + variable + "=" : "unset " + variable;
    }

    /** Builds the command line with a PyTorch that has kernels for a GPU. */
    private static String build(Gpu gpu) {
        boolean older = CudaBuild.runningOn(gpu).filter(CudaBuild.CU124::equals).isPresent();
        return BUILD.formatted(older ? "gpu-offline" : "gpu");
    }

    private static String flavor(Optional<CudaBuild> build, List<Gpu> usable) {
        return usable.isEmpty()
                ? LibtorchPlan.CPU
                : build.map(CudaBuild::flavor).orElse(CudaBuild.CU128.flavor());
    }

    private static boolean isCpu(String flavor) {
        return !flavor.startsWith("cu");
    }

    /** The number in a flavor such as {@code cu128}, or that of the build's if there is none. */
    private static int number(String flavor, CudaBuild build) {
        String digits = flavor.startsWith("cu") ? flavor.substring(2).replaceFirst("-.*", "") : "";
        return digits.matches("\\d{3}")
                ? Integer.parseInt(digits)
                : Integer.parseInt(build.flavor().substring(2));
    }

    /** The version without the date that DJL appends. */
    private static String number(String version) {
        return version.replaceFirst("-.*", "");
    }

    /** Python's packages for Linux had the older C++ interface before 2.6. */
    private boolean isOldAbi(String version) {
        return world.system().startsWith("linux") && version.matches("(1|2\\.[0-5])\\..*");
    }
}
