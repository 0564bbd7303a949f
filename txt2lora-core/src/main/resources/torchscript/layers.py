# Layers that the networks share. `w` holds a network's weights under their diffusers names. Where `lora` has matrices for
# a layer, `lora_linear` and `lora_conv` multiply their output by `strength` and add it (Hu et al., "LoRA: Low-Rank
# Adaptation of Large Language Models", arXiv 2106.09685).
#
# Matrices with a dimension more in front are those of several LoRAs, each for its own equal part of the batch.

def silu(x: Tensor) -> Tensor:
  return torch.silu(x)

def bias_of(w: Dict[str, Tensor], name: str) -> Optional[Tensor]:
  key = name + ".bias"
  if key in w:
    return w[key]
  return None

# x: [..., in] -> [..., out]
def linear(x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
  return torch.linear(x, w[name + ".weight"], __torch__.layers.bias_of(w, name))

# x: [..., in] -> [..., out]
def lora_linear(x: Tensor, w: Dict[str, Tensor], lora: __torch__.adapter.Lora, strength: float, name: str) -> Tensor:
  key = name + ".down"
  if strength == 0.0 or key not in lora.matrices:
    return __torch__.layers.linear(x, w, name)
  down = lora.matrices[key]
  up = lora.matrices[name + ".up"]
  rows = x.reshape([-1, x.shape[-1]])
  y = __torch__.layers.linear(rows, w, name)
  if down.dim() == 3:
    stack = down.shape[0]
    h = torch.bmm(rows.reshape([stack, -1, rows.shape[1]]), down.transpose(1, 2))
    y.view([stack, -1, y.shape[1]]).baddbmm_(h, up.transpose(1, 2), beta=1, alpha=strength)
  else:
    # y += strength * (h @ up.T) in one operation, which is felt in small networks
    y.addmm_(torch.mm(rows, down.t()), up.t(), beta=1, alpha=strength)
  return y.view(x.shape[:-1] + [y.shape[1]])

# x: [batch, in, height, width]; a kernel of size k is padded by k // 2
def conv(x: Tensor, w: Dict[str, Tensor], name: str, stride: int=1) -> Tensor:
  weight = w[name + ".weight"]
  pad = weight.shape[2] // 2
  return torch.conv2d(x, weight, __torch__.layers.bias_of(w, name), [stride, stride], [pad, pad])

# x: [batch, in, height, width]; a kernel of size k is padded by k // 2
def lora_conv(x: Tensor, w: Dict[str, Tensor], lora: __torch__.adapter.Lora, strength: float, name: str, stride: int=1) -> Tensor:
  y = __torch__.layers.conv(x, w, name, stride)
  key = name + ".down"
  if strength != 0.0 and key in lora.matrices:
    down = lora.matrices[key]
    up = lora.matrices[name + ".up"]
    pad = down.shape[-1] // 2
    if down.dim() == 5:
      h = __torch__.layers.stacked_conv(x, down, stride, pad)
      h = __torch__.layers.stacked_conv(h, up, 1, 0)
    else:
      h = torch.conv2d(x, down, None, [stride, stride], [pad, pad])
      h = torch.conv2d(h, up, None, [1, 1], [0, 0])
    y = torch.add(y, h, alpha=strength)
  return y

# One convolution for each equal part of the batch, as the groups of a single one.
# x: [stack * n, in, height, width], weight: [stack, out, in, k, k] -> [stack * n, out, height, width]
def stacked_conv(x: Tensor, weight: Tensor, stride: int, pad: int) -> Tensor:
  stack, outputs, inputs, k, l = weight.shape
  batch, channels, height, width = x.shape
  n = batch // stack
  groups = x.reshape([stack, n, inputs, height, width]).transpose(0, 1).reshape([n, stack * inputs, height, width])
  y = torch.conv2d(groups, weight.reshape([stack * outputs, inputs, k, l]), None, [stride, stride], [pad, pad], [1, 1], stack)
  y = y.reshape([n, stack, outputs, y.shape[2], y.shape[3]]).transpose(0, 1)
  return y.reshape([batch, outputs, y.shape[3], y.shape[4]])

def group_norm(x: Tensor, w: Dict[str, Tensor], name: str, eps: float) -> Tensor:
  return torch.group_norm(x, 32, w[name + ".weight"], w[name + ".bias"], eps)

def layer_norm(x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
  weight = w[name + ".weight"]
  return torch.layer_norm(x, [weight.shape[0]], weight, w[name + ".bias"], 1e-5)

# q: [batch, queries, width], k and v: [batch, keys, width] -> [batch, queries, width]. Needs no slices where memory is
# short: libtorch works through the keys in blocks and never holds queries x keys scores (measured, docs/benchmarks.md).
def attention(q: Tensor, k: Tensor, v: Tensor, heads: int, causal: bool=False) -> Tensor:
  batch = q.shape[0]
  queries = q.shape[1]
  width = q.shape[2]
  q = q.reshape([batch, queries, heads, width // heads]).transpose(1, 2)
  k = k.reshape([batch, k.shape[1], heads, width // heads]).transpose(1, 2)
  v = v.reshape([batch, v.shape[1], heads, width // heads]).transpose(1, 2)
  y = torch.scaled_dot_product_attention(q, k, v, None, 0.0, causal)
  return y.transpose(1, 2).reshape([batch, queries, width])

# Puts weights into `w`, converted to `dtype`.
def take(w: Dict[str, Tensor], weights: Dict[str, Tensor], dtype: int) -> Tensor:
  for name in weights.keys():
    w[name] = weights[name].to(dtype)
  return torch.tensor(len(w))
