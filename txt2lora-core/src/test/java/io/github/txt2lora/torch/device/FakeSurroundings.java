package io.github.txt2lora.torch.device;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A machine on Linux without driver, toolkit and PyTorch, unless told otherwise. */
final class FakeSurroundings implements Surroundings {

    static final Gpu GTX_1080 = new Gpu(0, "NVIDIA GeForce GTX 1080", new ComputeCapability(6, 1));
    static final Gpu RTX_3060 = new Gpu(0, "NVIDIA GeForce RTX 3060", new ComputeCapability(8, 6));
    static final Gpu RTX_4090 = new Gpu(1, "NVIDIA GeForce RTX 4090", new ComputeCapability(8, 9));
    static final Gpu RTX_5090 = new Gpu(0, "NVIDIA GeForce RTX 5090", new ComputeCapability(12, 0));

    static final BundledLibtorch CPU_NATIVES =
            new BundledLibtorch("2.7.1-20250812", "cpu", "linux-x86_64", List.of("libtorch.so"));
    static final BundledLibtorch CU124_NATIVES =
            new BundledLibtorch("2.5.1-20241113", "cu124", "linux-x86_64", List.of("libtorch.so", "libtorch_cuda.so"));

    private final Map<String, String> settings = new HashMap<>();
    private final Map<String, InstalledLibtorch> folders = new HashMap<>();
    private final List<BundledLibtorch> bundled = new ArrayList<>();
    private DriverState driver = new DriverState.Missing("libcuda.so.1: cannot open shared object file");
    private Optional<CudaVersion> toolkit = Optional.empty();
    private String system = "linux-x86_64";
    private String pytorch = "2.7.1";
    private boolean nvidiaCard;
    private boolean container;

    FakeSurroundings driver(CudaVersion cuda, Gpu... gpus) {
        return driver(new DriverState.Working(cuda, List.of(gpus)));
    }

    FakeSurroundings driver(DriverState state) {
        this.driver = state;
        return this;
    }

    FakeSurroundings gpus(Gpu... gpus) {
        return driver(new CudaVersion(12, 8), gpus);
    }

    FakeSurroundings toolkit(int major, int minor) {
        this.toolkit = Optional.of(new CudaVersion(major, minor));
        return this;
    }

    FakeSurroundings setting(String name, String value) {
        settings.put(name, value);
        return this;
    }

    FakeSurroundings bundled(BundledLibtorch natives) {
        bundled.add(natives);
        return this;
    }

    FakeSurroundings folder(String path, InstalledLibtorch libtorch) {
        folders.put(path, libtorch);
        return this;
    }

    FakeSurroundings system(String name) {
        this.system = name;
        return this;
    }

    /** The version that DJL is for. */
    FakeSurroundings pytorch(String version) {
        this.pytorch = version;
        return this;
    }

    FakeSurroundings nvidiaCard() {
        this.nvidiaCard = true;
        return this;
    }

    FakeSurroundings container() {
        this.container = true;
        return this;
    }

    @Override
    public String system() {
        return system;
    }

    @Override
    public String pytorchVersion() {
        return pytorch;
    }

    @Override
    public DriverState driver() {
        return driver;
    }

    @Override
    public boolean hasNvidiaCard() {
        return nvidiaCard;
    }

    @Override
    public boolean isContainer() {
        return container;
    }

    @Override
    public Optional<CudaVersion> toolkit() {
        return toolkit;
    }

    @Override
    public Optional<String> setting(String name) {
        return Optional.ofNullable(settings.get(name));
    }

    @Override
    public List<BundledLibtorch> bundled() {
        return bundled;
    }

    @Override
    public Optional<InstalledLibtorch> installed(String path) {
        return Optional.ofNullable(folders.get(path));
    }
}
