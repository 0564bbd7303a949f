# What all denoisers do with a LoRA, whatever their network is.

# The matrices of the LoRA that is attached, in the network's precision, as views into one vector, and those of `up`
# times alpha / rank. So what is done for the whole LoRA is done once, not once for each matrix. Several LoRAs of one
# layout are attached as the rows of a matrix; then all of this has a dimension more in front.
class Lora:
  parameters : List[Tensor]
  factors : List[Tensor]
  vectors : List[Tensor]
  matrices : Dict[str, Tensor]
  blocks : Dict[str, List[str]]

  # layout[NAME.down] and layout[NAME.up] are [offset, shape...], layout[NAME.scale] is [alpha / rank]; all on the CPU.
  # The matrices cover the vector. The network sees later changes of `parameters` after `refresh`.
  def attach(self, parameters: Tensor, layout: Dict[str, Tensor], dtype: int) -> Tensor:
    self.detach()
    vector = torch.empty_like(parameters, dtype=dtype)
    factors = torch.ones([vector.shape[-1]])
    keys = annotate(Dict[int, str], {})
    for key in layout.keys():
      if not key.endswith(".scale"):
        keys[int(layout[key][0])] = key
    offsets = list(keys.keys())
    offsets.sort()
    for offset in offsets:
      key = keys[offset]
      shape = [int(n) for n in layout[key][1:].unbind(0)]
      size = 1
      for n in shape:
        size = size * n
      if key.endswith(".up"):
        factors.narrow(0, offset, size).fill_(float(layout[key[:-3] + ".scale"][0]))
      view = vector.narrow(-1, offset, size).view(vector.shape[:-1] + shape)
      self.matrices[key] = view.detach().requires_grad_(True)
    self.parameters.append(parameters)
    self.factors.append(factors.to(parameters.device))
    self.vectors.append(vector)
    return vector

  def detach(self) -> Tensor:
    self.parameters.clear()
    self.factors.clear()
    self.vectors.clear()
    self.matrices.clear()
    self.blocks.clear()
    return torch.tensor(0)

  # Makes the matrices what the parameters are now.
  def refresh(self) -> Tensor:
    for i in range(len(self.vectors)):
      self.vectors[i].copy_(self.parameters[i] * self.factors[i])
    return torch.tensor(0)

  # The keys of the matrices in a part of the network, by the name that their layers' names begin with.
  def keys_in(self, block: str) -> List[str]:
    if len(self.blocks) == 0:
      for key in self.matrices.keys():
        end = key.find(".")
        while end != -1:
          part = key[:end]
          if part not in self.blocks:
            self.blocks[part] = annotate(List[str], [])
          self.blocks[part].append(key)
          end = key.find(".", end + 1)
    if block in self.blocks:
      return self.blocks[block]
    return annotate(List[str], [])

  # The gradient for the parameters, from those for the matrices.
  def joined(self, gradients: Dict[str, Tensor]) -> Tensor:
    parts = annotate(List[Tensor], [])
    shape = self.parameters[0].shape[:-1] + [-1]
    for key in self.matrices.keys():
      if key in gradients:
        parts.append(gradients[key].reshape(shape))
      else:
        parts.append(torch.zeros_like(self.matrices[key]).reshape(shape))
    return torch.cat(parts, -1).to(self.parameters[0].dtype).mul_(self.factors[0])

  # The gradient of a loss for the parameters, through a graph of the whole network.
  def gradient(self, loss: Tensor) -> Tensor:
    keys = list(self.matrices.keys())
    gradients = annotate(Dict[str, Tensor], {})
    found = torch.grad([loss], [self.matrices[key] for key in keys])
    for i in range(len(keys)):
      g = found[i]
      if g is not None:
        gradients[keys[i]] = g
    return self.joined(gradients)

  # Differentiates for the matrices of the given keys and for those of `inputs` that require it, whose gradients are
  # added to the `grad` of their counterparts in `sources`.
  def differentiate(self, y: Tensor, y_gradient: Tensor, keys: List[str], inputs: List[Tensor], sources: List[Tensor], gradients: Dict[str, Tensor]) -> Tensor:
    leaves = [self.matrices[key] for key in keys]
    for x in inputs:
      if x.requires_grad:
        leaves.append(x)
    found = torch.grad([y], leaves, annotate(List[Optional[Tensor]], [y_gradient]), None, False, True)
    for i in range(len(keys)):
      g = found[i]
      if g is not None:
        gradients[keys[i]] = g
    i = len(keys)
    for j in range(len(inputs)):
      if inputs[j].requires_grad:
        g = found[i]
        if g is not None:
          sources[j].backward(g)
        i = i + 1
    return y

# What recomputation keeps of a pass: for each block by its name, in order, its inputs and its output. Without a graph,
# the `grad` of an output adds up what the blocks that use it send back.
def keep(tape: Dict[str, List[Tensor]], lora: __torch__.adapter.Lora, name: str, inputs: List[Tensor], y: Tensor) -> Tensor:
  depends = len(lora.keys_in(name)) > 0
  for x in inputs:
    depends = depends or x.requires_grad
  if depends:
    tape[name] = inputs + [y.requires_grad_(True)]
  return y

# The LoRA's matrices in a vector, as views by the keys of the layout.
def matrices(vector: Tensor, layout: Dict[str, Tensor]) -> Dict[str, Tensor]:
  found = annotate(Dict[str, Tensor], {})
  for key in layout.keys():
    if not key.endswith(".scale"):
      numbers = [int(n) for n in layout[key].unbind(0)]
      size = 1
      for n in numbers[1:]:
        size = size * n
      found[key] = vector.narrow(0, numbers[0], size).view(numbers[1:])
  return found

# The weights of layers by the layers' names, as float32 copies; only the keys of `layers` count.
def weights_of(weights: Dict[str, Tensor], layers: Dict[str, Tensor]) -> Dict[str, Tensor]:
  copies = annotate(Dict[str, Tensor], {})
  for name in layers.keys():
    copies[name] = weights[name + ".weight"].to(6, copy=True)
  return copies

# What the host is told of a training step, read in one go: losses and norms of gradients.
# loss: [] or [stack] -> [2] or [2, stack]
def told(loss: Tensor, gradient: Tensor) -> Tensor:
  return torch.stack([loss.detach(), gradient.norm(2, [-1])])

# Mean squared error of a prediction against `target`, each sample's times its number in `sample_weights`.
# sample_weights: [batch] on the CPU, or [] for none
def loss(prediction: Tensor, target: Tensor, sample_weights: Tensor) -> Tensor:
  if sample_weights.dim() == 0:
    return torch.mse_loss(prediction, target)
  return torch.mean(__torch__.adapter.weighted_squares(prediction, target, sample_weights))

# The same for several LoRAs, each with its own equal part of the batch. -> [stack]
def losses(prediction: Tensor, target: Tensor, sample_weights: Tensor, stack: int) -> Tensor:
  return __torch__.adapter.weighted_squares(prediction, target, sample_weights).reshape([stack, -1]).mean(1)

def weighted_squares(prediction: Tensor, target: Tensor, sample_weights: Tensor) -> Tensor:
  weights = sample_weights.to(prediction.device, 6, True)
  return (prediction - target) ** 2 * weights.reshape([-1, 1, 1, 1])
