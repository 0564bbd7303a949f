package io.github.txt2lora.torch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The pickle (protocol 2) of a script module: an object of its class with its attributes' first values. */
final class ModulePickle {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private ModulePickle() {}

    static byte[] of(ScriptClass type, List<ScriptAttribute> attributes) {
        var pickle = new ModulePickle();
        pickle.ascii("\u0080\u0002");
        List<ScriptAttribute> all = new ArrayList<>(attributes);
        all.add(new ScriptAttribute.OfBool("training", false));
        pickle.object(type, all);
        pickle.ascii(".");
        return pickle.out.toByteArray();
    }

    private void object(ScriptClass type, List<ScriptAttribute> attributes) {
        ascii("c__torch__." + type.source() + "\n" + type.name() + "\n)\u0081}(");
        attributes.forEach(this::attribute);
        ascii("ub");
    }

    private void attribute(ScriptAttribute attribute) {
        unicode(attribute.name());
        if (attribute instanceof ScriptAttribute.OfBool bool) {
            out.write(bool.value() ? 0x88 : 0x89);
        } else if (attribute instanceof ScriptAttribute.OfInt number) {
            out.write('J');
            out.writeBytes(littleEndian(number.value()));
        } else if (attribute instanceof ScriptAttribute.OfFloat number) {
            out.write('G');
            out.writeBytes(
                    ByteBuffer.allocate(Double.BYTES).putDouble(number.value()).array());
        } else if (attribute instanceof ScriptAttribute.OfContainer container) {
            typed(container.type().startsWith("Dict") ? '}' : ']', container.type());
        } else if (attribute instanceof ScriptAttribute.OfObject object) {
            object(object.type(), object.attributes());
        }
    }

    /** An empty container with the type that the pickle itself does not tell. */
    private void typed(char empty, String type) {
        ascii("ctorch.jit._pickle\nrestore_type_tag\n(");
        out.write(empty);
        unicode(type);
        ascii("tR");
    }

    private void unicode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        out.writeBytes(littleEndian(bytes.length));
        out.writeBytes(bytes);
    }

    private void ascii(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static byte[] littleEndian(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }
}
