package io.github.txt2lora.engine;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.spi.DownloadProgress;
import io.github.txt2lora.spi.ModelDownloader;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.ServiceLoader;
import java.util.function.Consumer;

/** Finds where a model lies on the disk. */
final class ModelFiles {

    private ModelFiles() {}

    /**
     * The file or folder of a model; downloads it where that is wanted.
     *
     * @param progress is told how far a download is, and ends it by throwing
     * @throws InvalidSettingException if it has to be downloaded and nothing on the class path can
     */
    static Path locate(ModelSource source, Consumer<DownloadProgress> progress) {
        return locate(source, progress, ServiceLoader.load(ModelDownloader.class, ModelFiles.class.getClassLoader()));
    }

    /** Where a model lies once it is on this machine. */
    static Path present(ModelSource source) {
        if (source instanceof ModelSource.SingleFile file) {
            return file.path();
        } else if (source instanceof ModelSource.DiffusersFolder folder) {
            return folder.path();
        }
        return ((ModelSource.Download) source).file();
    }

    static Path locate(ModelSource source, Consumer<DownloadProgress> progress, Iterable<ModelDownloader> downloaders) {
        if (source instanceof ModelSource.SingleFile file) {
            return file.path();
        } else if (source instanceof ModelSource.DiffusersFolder folder) {
            return folder.path();
        } else if (source instanceof ModelSource.Download download) {
            Iterator<ModelDownloader> first = downloaders.iterator();
            if (first.hasNext()) {
                return first.next().download(download, progress);
            }
            throw new InvalidSettingException("model " + download.name() + " is to be downloaded from "
                    + download.displayUrl() + ", but no " + ModelDownloader.class.getName() + " is on the class path;"
                    + " download the file yourself and give it as ModelSource.file(...)");
        }
        throw new IllegalArgumentException("unknown kind of model source: " + source);
    }
}
