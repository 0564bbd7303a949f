package io.github.txt2lora.torch.device;

import static io.github.txt2lora.torch.device.FakeSurroundings.CPU_NATIVES;
import static io.github.txt2lora.torch.device.FakeSurroundings.CU124_NATIVES;
import static io.github.txt2lora.torch.device.FakeSurroundings.GTX_1080;
import static io.github.txt2lora.torch.device.FakeSurroundings.RTX_3060;
import static io.github.txt2lora.torch.device.FakeSurroundings.RTX_4090;
import static io.github.txt2lora.torch.device.FakeSurroundings.RTX_5090;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.txt2lora.InvalidSettingException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GpuDetectionTest {

    private static final String FOLDER = "/opt/torch/lib";

    private static FakeSurroundings world() {
        return new FakeSurroundings();
    }

    private static String obstacle(FakeSurroundings world) {
        DetectedGpus found = GpuDetection.in(world);
        assertThat(found.usable()).isEmpty();
        return found.obstacle().orElseThrow().toString();
    }

    @Nested
    class Driver {

        @Test
        void no_driver_and_no_card_is_nothing_to_tell() {
            DetectedGpus found = GpuDetection.in(world().bundled(CPU_NATIVES));

            assertThat(found.usable()).isEmpty();
            assertThat(found.obstacle()).isEmpty();
            assertThat(found.libtorch().settings()).isEmpty();
        }

        @Test
        void no_driver_for_a_card_names_the_library_and_the_command() {
            assertThat(obstacle(world().nvidiaCard()))
                    .contains("libcuda.so.1: cannot open shared object file")
                    .contains("sudo ubuntu-drivers install");
        }

        @Test
        void container_that_was_started_without_the_card_is_told_how_to_start() {
            assertThat(obstacle(world().nvidiaCard().container())).endsWith("docker run --gpus all");
        }

        @ParameterizedTest
        @CsvSource({
            "34, CUDA_ERROR_STUB_LIBRARY, unset LD_LIBRARY_PATH",
            "802, CUDA_ERROR_SYSTEM_NOT_READY, sudo systemctl start nvidia-fabricmanager",
            "803, CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, reboot",
            "999, CUDA_ERROR_UNKNOWN, nvidia-smi",
        })
        void driver_that_does_not_start_is_named_by_its_error(int code, String name, String command) {
            assertThat(obstacle(world().driver(new DriverState.Failing(code, name))))
                    .contains(name + " (" + code + ")")
                    .contains(command);
        }

        @Test
        void gpus_that_are_hidden_name_the_variable() {
            assertThat(obstacle(world().driver(new DriverState.Failing(100, "CUDA_ERROR_NO_DEVICE"))
                            .setting("CUDA_VISIBLE_DEVICES", "-1")))
                    .isEqualTo("CUDA_VISIBLE_DEVICES is -1, which hides all GPUs from this process; remove it: unset"
                            + " CUDA_VISIBLE_DEVICES");
        }

        @Test
        void driver_without_gpus_is_nothing_to_tell() {
            assertThat(GpuDetection.in(world().driver(new DriverState.Failing(100, "CUDA_ERROR_NO_DEVICE")))
                            .obstacle())
                    .isEmpty();
        }

        @Test
        void driver_that_is_too_old_for_the_build_names_both_versions() {
            assertThat(obstacle(world().driver(new CudaVersion(11, 4), RTX_3060)))
                    .contains("its driver is for CUDA 11.4")
                    .contains("PyTorch 2.7.1 (cu128) needs a driver for CUDA 12 or newer")
                    .contains("https://www.nvidia.com/drivers");
        }

        @Test
        void driver_for_an_earlier_minor_version_is_enough() {
            assertThat(GpuDetection.in(world().driver(new CudaVersion(12, 2), RTX_3060))
                            .usable())
                    .containsExactly(RTX_3060);
        }
    }

    @Nested
    class Download {

        @Test
        void driver_alone_chooses_the_build_for_gpus() {
            DetectedGpus found = GpuDetection.in(world().gpus(RTX_3060));

            assertThat(found.libtorch().settings()).containsOnly(Map.entry("PYTORCH_FLAVOR", "cu128"));
            assertThat(found.usable()).containsExactly(RTX_3060);
            assertThat(found.obstacle()).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({"11, 8", "12, 4", "12, 8", "13, 0"})
        void toolkit_of_any_version_does_not_change_the_build(int major, int minor) {
            assertThat(GpuDetection.in(world().gpus(RTX_3060).toolkit(major, minor))
                            .libtorch()
                            .settings())
                    .containsEntry("PYTORCH_FLAVOR", "cu128");
        }

        @Test
        void older_set_chooses_its_own_build() {
            assertThat(GpuDetection.in(world().gpus(RTX_3060).pytorch("2.5.1"))
                            .libtorch()
                            .settings())
                    .containsEntry("PYTORCH_FLAVOR", "cu124");
        }

        @Test
        void flavor_that_is_set_is_kept() {
            DetectedGpus found = GpuDetection.in(world().gpus(RTX_3060).setting("PYTORCH_FLAVOR", "cu128"));

            assertThat(found.libtorch().settings()).isEmpty();
            assertThat(found.usable()).containsExactly(RTX_3060);
        }

        @ParameterizedTest
        @ValueSource(strings = {"cpu", "cpu-precxx11", "cu118", "cu124"})
        void flavor_for_which_the_cpu_is_loaded_is_named(String flavor) {
            assertThat(obstacle(world().gpus(RTX_3060).setting("PYTORCH_FLAVOR", flavor)))
                    .contains("PYTORCH_FLAVOR is " + flavor)
                    .contains("expected none, or cu128")
                    .endsWith("unset PYTORCH_FLAVOR");
        }

        @Test
        void command_for_windows_is_one_of_its_shell() {
            assertThat(obstacle(world().system("win-x86_64").gpus(RTX_3060).setting("PYTORCH_FLAVOR", "cpu")))
                    .endsWith("set PYTORCH_FLAVOR=");
        }

        @Test
        void system_without_a_build_for_gpus_is_named() {
            assertThat(obstacle(world().system("linux-aarch64").gpus(RTX_3060)))
                    .contains("DJL has no PyTorch for GPUs on linux-aarch64");
        }
    }

    @Nested
    class Generations {

        @Test
        void gtx_10_is_sent_to_the_older_build() {
            assertThat(obstacle(world().gpus(GTX_1080)))
                    .isEqualTo("PyTorch 2.7.1 (cu128) has no kernels for cuda:0 (NVIDIA GeForce GTX 1080, compute"
                            + " capability 6.1); PyTorch 2.5.1 (cu124) has; build the command line with it: mvn -B -ntp"
                            + " -q -DskipTests -Pgpu-offline -pl txt2lora-cli -am package");
        }

        @Test
        void nothing_is_fetched_for_a_gpu_that_it_does_not_run_on() {
            assertThat(GpuDetection.in(world().gpus(GTX_1080).toolkit(12, 8))
                            .libtorch()
                            .settings())
                    .containsEntry("PYTORCH_FLAVOR", "cpu");
        }

        @Test
        void rtx_50_is_sent_to_the_newer_build() {
            assertThat(obstacle(world().gpus(RTX_5090).pytorch("2.5.1").bundled(CU124_NATIVES)))
                    .contains("PyTorch 2.5.1 (cu124) has no kernels for cuda:0 (NVIDIA GeForce RTX 5090")
                    .contains("-Pgpu -pl");
        }

        @Test
        void gpu_that_is_too_old_for_all_is_sent_to_the_cpu() {
            var kepler = new Gpu(0, "Tesla K80", new ComputeCapability(3, 7));

            assertThat(obstacle(world().gpus(kepler))).endsWith("use device cpu");
            assertThat(obstacle(world().gpus(kepler).bundled(CPU_NATIVES))).endsWith("use device cpu");
        }

        @ParameterizedTest
        @CsvSource({
            "5, 2, false, true",
            "6, 0, false, true",
            "6, 1, false, true",
            "7, 0, false, true",
            "7, 5, true, true",
            "8, 0, true, true",
            "8, 6, true, true",
            "8, 9, true, true",
            "9, 0, true, true",
            "10, 0, true, false",
            "12, 0, true, false",
            "12, 1, true, false",
            "13, 0, true, false",
        })
        void builds_run_on_the_generations_that_they_were_compiled_for(
                int major, int minor, boolean cu128, boolean cu124) {
            var gpu = new Gpu(0, "a GPU", new ComputeCapability(major, minor));

            assertThat(CudaBuild.CU128.runsOn(gpu)).isEqualTo(cu128);
            assertThat(CudaBuild.CU124.runsOn(gpu)).isEqualTo(cu124);
        }

        @Test
        void of_several_gpus_those_with_kernels_are_used() {
            assertThat(GpuDetection.in(world().gpus(GTX_1080, RTX_4090)).usable())
                    .containsExactly(RTX_4090);
        }
    }

    @Nested
    class ClassPath {

        @Test
        void natives_for_the_cpu_name_the_command_that_builds_for_gpus() {
            assertThat(obstacle(world().gpus(RTX_3060).bundled(CPU_NATIVES)))
                    .contains("cuda:0 (NVIDIA GeForce RTX 3060, compute capability 8.6)")
                    .contains("pytorch-native-cpu")
                    .contains("mvn -B -ntp -q -DskipTests -Pgpu -pl txt2lora-cli -am package");
        }

        @Test
        void natives_for_the_cpu_and_an_older_gpu_name_the_build_that_runs_on_it() {
            assertThat(obstacle(world().gpus(GTX_1080).bundled(CPU_NATIVES))).contains("-Pgpu-offline");
        }

        @Test
        void natives_for_another_system_do_not_count() {
            assertThat(GpuDetection.in(
                                    world().system("win-x86_64").gpus(RTX_3060).bundled(CPU_NATIVES))
                            .usable())
                    .containsExactly(RTX_3060);
        }

        @Test
        void natives_for_gpus_are_unpacked_where_no_toolkit_lets_djl_take_them() {
            DetectedGpus found = GpuDetection.in(world().pytorch("2.5.1")
                    .gpus(RTX_3060)
                    .bundled(CU124_NATIVES)
                    .bundled(CPU_NATIVES));

            assertThat(found.usable()).containsExactly(RTX_3060);
            assertThat(found.libtorch().unpack()).contains(CU124_NATIVES);
            assertThat(found.libtorch().settings())
                    .containsEntry("PYTORCH_FLAVOR", "cu124")
                    .containsEntry("PYTORCH_VERSION", "2.5.1");
        }

        @Test
        void natives_for_gpus_are_unpacked_where_the_toolkit_is_older() {
            assertThat(GpuDetection.in(world().pytorch("2.5.1")
                                    .gpus(RTX_3060)
                                    .toolkit(11, 8)
                                    .bundled(CU124_NATIVES))
                            .libtorch()
                            .unpack())
                    .contains(CU124_NATIVES);
        }

        @Test
        void natives_for_gpus_are_left_to_djl_where_it_takes_them() {
            DetectedGpus found = GpuDetection.in(
                    world().pytorch("2.5.1").gpus(RTX_3060).toolkit(12, 4).bundled(CU124_NATIVES));

            assertThat(found.usable()).containsExactly(RTX_3060);
            assertThat(found.libtorch().unpack()).isEmpty();
            assertThat(found.libtorch().settings()).isEmpty();
        }

        @Test
        void natives_for_gpus_compute_on_the_cpu_where_there_is_no_gpu_and_nothing_else() {
            DetectedGpus found = GpuDetection.in(world().pytorch("2.5.1").bundled(CU124_NATIVES));

            assertThat(found.usable()).isEmpty();
            assertThat(found.libtorch().unpack()).contains(CU124_NATIVES);
            assertThat(found.libtorch().settings()).containsEntry("PYTORCH_FLAVOR", "cpu");
        }
    }

    @Nested
    class Installed {

        private FakeSurroundings withFolder(boolean isCuda, String version) {
            return world().setting("PYTORCH_LIBRARY_PATH", FOLDER)
                    .folder(FOLDER, new InstalledLibtorch(Path.of(FOLDER), isCuda, true, Optional.ofNullable(version)));
        }

        @Test
        void flavor_and_version_follow_the_folder() {
            DetectedGpus found = GpuDetection.in(withFolder(true, "2.7.1").gpus(RTX_3060));

            assertThat(found.usable()).containsExactly(RTX_3060);
            assertThat(found.libtorch().settings())
                    .containsEntry("PYTORCH_FLAVOR", "cu128")
                    .containsEntry("PYTORCH_VERSION", "2.7.1");
        }

        @Test
        void folder_without_gpu_gets_the_bridge_for_the_cpu() {
            assertThat(GpuDetection.in(withFolder(true, "2.7.1")).libtorch().settings())
                    .containsEntry("PYTORCH_FLAVOR", "cpu");
        }

        @Test
        void older_package_of_python_gets_the_bridge_with_its_interface() {
            assertThat(GpuDetection.in(withFolder(true, "2.5.1").gpus(RTX_3060))
                            .libtorch()
                            .flavor())
                    .isEqualTo("cu124-precxx11");
        }

        @Test
        void what_is_set_is_kept() {
            DetectedGpus found = GpuDetection.in(withFolder(true, null)
                    .gpus(RTX_3060)
                    .setting("PYTORCH_FLAVOR", "cu128")
                    .setting("PYTORCH_VERSION", "2.7.1"));

            assertThat(found.usable()).containsExactly(RTX_3060);
            assertThat(found.libtorch().settings()).isEmpty();
        }

        @Test
        void folder_with_the_build_for_the_cpu_names_the_command() {
            assertThat(obstacle(withFolder(false, "2.7.1").gpus(RTX_3060)))
                    .contains(FOLDER)
                    .contains("pip install torch==2.7.1 --index-url https://download.pytorch.org/whl/cu128");
        }

        @Test
        void flavor_cpu_for_a_folder_for_gpus_is_named() {
            assertThat(obstacle(withFolder(true, "2.7.1").gpus(RTX_3060).setting("PYTORCH_FLAVOR", "cpu")))
                    .contains("PYTORCH_FLAVOR is cpu");
        }

        @Test
        void folder_without_libtorch_is_refused() {
            assertThatExceptionOfType(InvalidSettingException.class)
                    .isThrownBy(() ->
                            GpuDetection.requireLibraryPath(world().setting("PYTORCH_LIBRARY_PATH", "/opt/nothing")))
                    .withMessageContaining("PYTORCH_LIBRARY_PATH is")
                    .withMessageContaining("/opt/nothing")
                    .withMessageContaining("expected a folder with " + System.mapLibraryName("torch"));
            assertThatCode(() -> GpuDetection.requireLibraryPath(withFolder(false, "2.7.1")))
                    .doesNotThrowAnyException();
            assertThatCode(() -> GpuDetection.requireLibraryPath(world())).doesNotThrowAnyException();
        }

        @Test
        void folder_with_another_version_than_djls_is_refused() {
            assertThatExceptionOfType(InvalidSettingException.class)
                    .isThrownBy(() -> GpuDetection.requireLibraryPath(withFolder(true, "2.8.0")))
                    .withMessageContaining("holds PyTorch 2.8.0; expected 2.7.1")
                    .withMessageContaining("pip install torch==2.7.1");
        }
    }
}
