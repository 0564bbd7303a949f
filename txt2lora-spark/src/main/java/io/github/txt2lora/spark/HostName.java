package io.github.txt2lora.spark;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;

/** How this machine is called in messages: as Spark calls it. */
final class HostName {

    private HostName() {}

    static String ofThisMachine() {
        @Nullable SparkEnv env = SparkEnv.get();
        if (env != null) {
            return env.blockManager().blockManagerId().host();
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
