package io.github.txt2lora.torch.device;

import ai.djl.util.ClassLoaderUtils;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import ai.djl.util.cuda.CudaUtils;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The machine, process and class path that this runs on. */
public final class ThisMachine implements Surroundings {

    private static final String NVIDIA = "0x10de";
    private static final String DISPLAY_CLASS = "0x03";
    private static final Pattern VERSION_OF_PYTHON = Pattern.compile("(?m)^__version__ = ['\"]([^'\"+]+)");

    private final Platform platform = Platform.fromSystem("pytorch");

    @Override
    public String system() {
        return platform.getClassifier();
    }

    @Override
    public String pytorchVersion() {
        return platform.getVersion();
    }

    @Override
    public DriverState driver() {
        return CudaDriver.state();
    }

    /** The list of PCI devices, which Linux has in containers too. */
    @Override
    public boolean hasNvidiaCard() {
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(Path.of("/sys/bus/pci/devices"))) {
            for (Path device : devices) {
                if (Files.readString(device.resolve("vendor")).startsWith(NVIDIA)
                        && Files.readString(device.resolve("class")).startsWith(DISPLAY_CLASS)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    @Override
    public boolean isContainer() {
        return Files.exists(Path.of("/.dockerenv")) || Files.exists(Path.of("/run/.containerenv"));
    }

    @Override
    public Optional<CudaVersion> toolkit() {
        try {
            return CudaUtils.hasCuda() ? Optional.of(CudaVersion.ofCode(CudaUtils.getCudaVersion())) : Optional.empty();
        } catch (LinkageError | RuntimeException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> setting(String name) {
        return Optional.ofNullable(Utils.getEnvOrSystemProperty(name)).filter(value -> !value.isBlank());
    }

    @Override
    public List<BundledLibtorch> bundled() {
        try {
            List<BundledLibtorch> bundled = new ArrayList<>();
            for (URL url : Collections.list(
                    ClassLoaderUtils.getContextClassLoader().getResources("native/lib/pytorch.properties"))) {
                read(url).ifPresent(bundled::add);
            }
            return bundled;
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Empty for an artifact that only stands for those of the systems. */
    private static Optional<BundledLibtorch> read(URL url) throws IOException {
        var properties = new Properties();
        try (InputStream in = url.openStream()) {
            properties.load(in);
        }
        String version = properties.getProperty("version");
        String flavor = properties.getProperty("flavor");
        String system = properties.getProperty("classifier");
        String libraries = properties.getProperty("libraries", "");
        return version == null || flavor == null || system == null || libraries.isEmpty()
                ? Optional.empty()
                : Optional.of(new BundledLibtorch(version, flavor, system, List.of(libraries.split(",", -1))));
    }

    @Override
    public Optional<InstalledLibtorch> installed(String path) {
        for (String part : path.split(Pattern.quote(File.pathSeparator), -1)) {
            Optional<Path> folder = folderOfLibtorch(part);
            if (folder.isPresent()) {
                return folder.map(ThisMachine::describe);
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> folderOfLibtorch(String part) {
        try {
            Path path = Path.of(part).toAbsolutePath();
            String library = System.mapLibraryName("torch");
            if (path.endsWith(library) && Files.isRegularFile(path)) {
                return Optional.ofNullable(path.getParent());
            }
            return Files.isRegularFile(path.resolve(library)) ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static InstalledLibtorch describe(Path folder) {
        return new InstalledLibtorch(
                folder,
                Files.exists(folder.resolve(System.mapLibraryName("torch_cuda"))),
                Files.exists(folder.resolve(System.mapLibraryName("torch_python"))),
                versionBeside(folder));
    }

    private static Optional<String> versionBeside(Path folder) {
        Path python = folder.resolveSibling("version.py");
        Path archive = folder.resolveSibling("build-version");
        try {
            if (Files.isRegularFile(python)) {
                Matcher version = VERSION_OF_PYTHON.matcher(Files.readString(python));
                return version.find() ? Optional.of(version.group(1)) : Optional.empty();
            }
            return Files.isRegularFile(archive)
                    ? Optional.of(Files.readString(archive).strip().replaceFirst("\\+.*", ""))
                            .filter(text -> !text.isEmpty())
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
