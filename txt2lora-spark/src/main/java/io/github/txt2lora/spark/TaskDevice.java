package io.github.txt2lora.spark;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.InvalidSettingException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.spark.resource.ResourceInformation;

/** The device of a task: the GPU that Spark gave it. */
final class TaskDevice {

    /** What Spark calls them by convention. */
    static final String RESOURCE = "gpu";

    private static final Pattern INDEX = Pattern.compile("\\d{1,4}");

    private TaskDevice() {}

    /**
     * The options with the device of the task: the GPU that it was given, unless the options name the CPU; without a
     * GPU the device of the options, where the CPU stands for {@link Device#auto()}, which would be the first GPU for
     * all executors of a machine.
     *
     * @param resources resources of the task, by their names
     * @throws InvalidSettingException if the task has more than one GPU, or its address is no index
     */
    static EngineOptions of(EngineOptions options, Map<String, ResourceInformation> resources) {
        ResourceInformation gpus = resources.get(RESOURCE);
        List<String> addresses = gpus == null ? List.of() : Arrays.asList(gpus.addresses());
        return options.toBuilder().device(of(options.device(), addresses)).build();
    }

    private static Device of(Device wanted, List<String> addresses) {
        if (addresses.isEmpty()) {
            return wanted.kind() == Device.Kind.AUTO ? Device.cpu() : wanted;
        } else if (wanted.kind() == Device.Kind.CPU) {
            return wanted;
        } else if (addresses.size() > 1) {
            throw InvalidSettingException.of(
                    "spark.task.resource.gpu.amount",
                    addresses.size(),
                    "1, or less for several tasks on one GPU: a training computes on one");
        }
        String address = addresses.get(0);
        if (!INDEX.matcher(address).matches()) {
            throw new InvalidSettingException("the address of a GPU is " + address
                    + "; expected its index, such as 0: let the script that spark.executor.resource.gpu.discoveryScript"
                    + " or spark.worker.resource.gpu.discoveryScript names print what"
                    + " nvidia-smi --query-gpu=index --format=csv,noheader says");
        }
        return Device.cuda(Integer.parseInt(address));
    }
}
